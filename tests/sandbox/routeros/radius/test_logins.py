"""Test what the router asks a RADIUS server, and what of its answer it obeys."""

from __future__ import annotations

import pytest
from pyrad.packet import AccessRequest

from portal.sandbox.routeros import Refusal, RouterSandbox
from tests.sandbox.routeros.conftest import IP, MAC
from tests.sandbox.routeros.radius.server import SECRET, RadiusServer, value
from tests.sandbox.routeros.talk import Talk
from tests.support.servers.nas import serve_by_radius

ASKED = {
    "User-Name": "A",
    "NAS-Identifier": "Patio",
    "Mikrotik-Realm": "Palapa",
    "NAS-IP-Address": "192.168.88.1",
    "NAS-Port-Id": "bridge",
    "NAS-Port-Type": 19,
    "Acct-Session-Id": "80000001",
    "Calling-Station-Id": MAC,
    "Called-Station-Id": "hotspot1",
    "Framed-IP-Address": IP,
    "Mikrotik-Host-IP": IP,
}


@pytest.mark.parametrize("way", ["http-chap", "http-pap"])
def test_a_server_is_asked(router: RouterSandbox, server: RadiusServer, way: str) -> None:
    server.said.users = {"A": "ñ pass"}
    router.log_in("A", "ñ pass", IP, login_by=way)
    [asked] = server.logins
    assert {name: value(asked, name) for name in ASKED} == ASKED
    assert ("CHAP-Password" in asked) is (way == "http-chap")
    assert asked.message_authenticator
    assert asked.verify_message_authenticator()
    [session] = router.active
    assert (session["user"], session["radius"], session["login-by"]) == ("A", "true", way)
    with pytest.raises(Refusal, match="invalid username or password"):
        router.log_in("A", "wrong", IP, login_by=way)


def test_its_own_users_come_first(router: RouterSandbox, server: RadiusServer) -> None:
    router.add_user("A", "x")
    router.log_in("A", "x", IP)
    with pytest.raises(Refusal):
        router.log_in("A", "y", IP)
    assert server.logins == []
    router.accounted()
    assert server.accounting == []


def test_nobody_is_asked_where_the_hotspot_does_not_say_so(
    router: RouterSandbox, server: RadiusServer
) -> None:
    for profile in router.rows("/ip/hotspot/profile"):
        router.execute("/ip/hotspot/profile/set", numbers=profile[".id"], use_radius="no")
    with pytest.raises(Refusal, match="invalid username or password"):
        router.log_in("A", "x", IP)
    assert server.logins == []


def test_a_server_says_why_not(router: RouterSandbox, server: RadiusServer) -> None:
    server.said.accept = False
    server.said.attributes = {"Reply-Message": "Su tiempo terminó"}
    with pytest.raises(Refusal, match="Su tiempo terminó"):
        router.log_in("A", "x", IP)


def test_silence_is_asked_again_and_then_elsewhere(
    router: RouterSandbox, server: RadiusServer
) -> None:
    [first] = router.rows("/radius")
    router.execute("/radius/set", numbers=first[".id"], timeout="10ms")
    server.said.accept = None
    with RadiusServer() as second:
        serve_by_radius(router, SECRET.decode(), *second.ports, backup=True)
        router.log_in("A", "x", IP)
        assert len(second.logins) == 1
    asked = [raw for raw in server.raw if raw[0] == AccessRequest]
    assert len(asked) == 3
    assert len(set(asked)) == 1, "each repetition is the same packet"
    assert router.radius_counters[0].timeouts == 1


@pytest.mark.parametrize(("signed", "secret"), [(False, SECRET), (True, b"of somebody else")])
def test_what_may_be_forged_is_not_believed(
    router: RouterSandbox, server: RadiusServer, signed: bool, secret: bytes
) -> None:
    [row] = router.rows("/radius")
    router.execute("/radius/set", numbers=row[".id"], timeout="10ms")
    server.said.signed, server.said.secret = signed, secret
    with pytest.raises(Refusal, match="RADIUS server is not responding"):
        router.log_in("A", "x", IP)
    assert router.radius_counters[0].bad_replies


def test_older_versions_neither_sign_nor_ask_for_it(server: RadiusServer) -> None:
    server.said.signed = False
    with RouterSandbox(version="7.9.2") as old:
        serve_by_radius(old, SECRET.decode(), *server.ports)
        old.join(MAC, IP)
        old.log_in("A", "x", IP)
    assert not server.logins[0].message_authenticator


def test_more_devices_than_the_answer_allows_stay_out(
    router: RouterSandbox, server: RadiusServer
) -> None:
    server.said.attributes = {"Port-Limit": 1, "Mikrotik-Group": "1hora"}
    router.join("02:00:00:00:00:01", "192.168.88.101")
    router.log_in("A", "x", IP)
    with pytest.raises(Refusal, match="no more sessions are allowed for user A"):
        router.log_in("A", "x", "192.168.88.101")
    server.said.attributes = {"Mikrotik-Group": "1hora"}
    router.log_in("A", "x", "192.168.88.101")
    assert len(router.active) == 2


def test_a_phone_comes_back_by_its_cookie(router: RouterSandbox, server: RadiusServer) -> None:
    router.log_in("A", "x", IP, login_by="http-pap")
    router.leave(MAC)
    router.pass_time(200)
    assert (router.active, router.hosts) == ([], [])
    router.join(MAC, IP)
    router.accounted()
    assert [session["login-by"] for session in router.active] == ["mac-cookie"]


def test_the_api_logs_in_by_radius(router: RouterSandbox, server: RadiusServer) -> None:
    server.said.users = {"A": "x"}
    words = ["/ip/hotspot/active/login", "=user=A", f"=ip={IP}", f"=mac-address={MAC}"]
    with Talk.logged_in(router) as talk:
        assert talk.ask(*words, "=password=x") == [["!done"]]
        refused = talk.ask(*words, "=password=y")
    assert refused[0][0] == "!trap"
    assert "invalid username or password" in refused[0][-1]
    assert [session["login-by"] for session in router.active] == ["admin"]
    assert "between" not in str(router.commands)
