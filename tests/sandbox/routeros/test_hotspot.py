"""Test who gets online, for how long, and what is left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.sandbox.routeros import Clock, Refusal, RouterSandbox, Trap
from tests.sandbox.routeros.conftest import IP, MAC, NOW
from tests.sandbox.routeros.talk import Talk

OTHER_MAC, OTHER_IP = "02:00:00:00:00:01", "192.168.88.101"
ACTIVE = "/ip/hotspot/active"


@pytest.fixture
def log_in(router: RouterSandbox, talk: Talk) -> Callable[..., str]:
    """Logs a device in over the API; the trap's message, or nothing when it is online."""
    router.add_user("A", "x", profile="1hora")

    def attempt(user: str = "A", password: str = "x", ip: str = IP, mac: str | None = MAC) -> str:
        words = [f"=user={user}", f"=password={password}", f"=ip={ip}"]
        said = talk.ask(f"{ACTIVE}/login", *words, *([f"=mac-address={mac}"] if mac else []))
        assert said[-1] == ["!done"]
        return "" if len(said) == 1 else said[0][-1].removeprefix("=message=")

    return attempt


LogIn = Callable[..., str]


def test_a_device_is_logged_in(router: RouterSandbox, log_in: LogIn) -> None:
    assert log_in() == ""
    [session] = router.active
    assert session["user"] == "A"
    assert (session["mac-address"], session["address"]) == (MAC, IP)
    assert (session["login-by"], session["server"]) == ("admin", "hotspot1")
    assert router.hosts[0]["authorized"] == "true"


def test_only_a_device_in_the_host_table_is(router: RouterSandbox, log_in: LogIn) -> None:
    assert log_in(ip="192.168.88.250") == "unknown host IP 192.168.88.250"
    assert log_in(mac=OTHER_MAC) == f"unknown host IP {IP}"
    assert router.active == []
    assert log_in(mac=None) == ""


def test_credentials_are_checked(router: RouterSandbox, log_in: LogIn) -> None:
    assert log_in(password="y") == "invalid username or password"
    assert log_in(user="nobody") == "invalid username or password"
    router.execute("/ip/hotspot/user/disable", numbers=router.users["A"][".id"])
    assert log_in() == "invalid username or password"
    assert router.active == []


def test_a_user_may_be_bound_to_its_device(router: RouterSandbox, log_in: LogIn) -> None:
    router.add_user("B", "x", mac_address=OTHER_MAC)
    assert log_in("B") == "user B is not allowed to log in from this MAC address"


def test_uptime_and_traffic_grow_with_the_clock(router: RouterSandbox, log_in: LogIn) -> None:
    log_in()
    router.clock.advance(3_725)
    [session] = router.active
    user = router.users["A"]
    assert session["uptime"] == user["uptime"] == "1h2m5s"
    assert int(session["bytes-out"]) > int(session["bytes-in"]) > 0
    assert (user["bytes-in"], user["bytes-out"]) == (session["bytes-in"], session["bytes-out"])
    router.execute(f"{ACTIVE}/remove", numbers=session[".id"])
    router.clock.advance(60)
    assert router.users["A"]["uptime"] == "1h2m5s"
    assert router.users["A"]["bytes-out"] == session["bytes-out"]


def test_the_uptime_limit_is_for_life(router: RouterSandbox, log_in: LogIn) -> None:
    router.execute("/ip/hotspot/user/set", numbers=router.users["A"][".id"], limit_uptime="1h")
    log_in()
    assert router.active[0]["session-time-left"] == "1h"
    router.clock.advance(1_800)
    router.execute(f"{ACTIVE}/remove", numbers=router.active[0][".id"])
    assert log_in() == ""
    assert router.active[0]["session-time-left"] == "30m"
    router.clock.advance(1_801)
    assert router.active == []
    assert router.hosts[0]["authorized"] == "false"
    assert router.users["A"]["uptime"] == "1h"
    assert log_in() == "your uptime limit is reached"
    # Selling another hour to the same user is uptime plus what was bought.
    router.execute("/ip/hotspot/user/set", numbers=router.users["A"][".id"], limit_uptime="2h")
    assert log_in() == ""
    assert router.active[0]["session-time-left"] == "1h"


def test_the_traffic_limit_ends_the_session(router: RouterSandbox, log_in: LogIn) -> None:
    id_ = router.users["A"][".id"]
    router.execute("/ip/hotspot/user/set", numbers=id_, limit_bytes_total="2200000")
    log_in()
    router.clock.advance(99)
    assert len(router.active) == 1
    router.clock.advance(1)
    assert router.active == []
    user = router.users["A"]
    assert int(user["bytes-in"]) + int(user["bytes-out"]) == 2_200_000
    assert log_in() == "your traffic limit is reached"


def test_a_session_ends_at_its_profiles_timeout(router: RouterSandbox, log_in: LogIn) -> None:
    router.add_profile("5min", session_timeout="5m")
    router.add_user("B", "x", profile="5min")
    log_in("B")
    router.clock.advance(301)
    assert router.active == []
    assert router.users["B"]["uptime"] == "5m"
    assert log_in("B") == ""


@pytest.mark.parametrize(("shared", "allowed"), [("1", 1), ("2", 2), ("unlimited", 3)])
def test_a_user_is_on_as_many_devices_as_its_profile_allows(
    router: RouterSandbox, log_in: LogIn, shared: str, allowed: int
) -> None:
    router.add_profile("shared", shared_users=shared)
    router.add_user("B", "x", profile="shared")
    for n in range(3):
        router.join(f"02:00:00:00:00:0{n}", f"192.168.88.20{n}")
        said = log_in("B", ip=f"192.168.88.20{n}", mac=None)
        refused = "no more sessions are allowed for user B"
        assert said == ("" if n < allowed else refused)
    assert len(router.active) == allowed


def test_a_stale_session_under_the_old_mac_blocks_until_it_is_removed(
    router: RouterSandbox, log_in: LogIn
) -> None:
    log_in()
    router.join(OTHER_MAC, OTHER_IP)
    refused = "no more sessions are allowed for user A"
    assert log_in(ip=OTHER_IP, mac=OTHER_MAC) == refused
    router.execute(f"{ACTIVE}/remove", numbers=router.active[0][".id"])
    assert log_in(ip=OTHER_IP, mac=OTHER_MAC) == ""


def test_a_device_is_online_under_one_user(router: RouterSandbox, log_in: LogIn) -> None:
    log_in()
    router.add_user("B", "x")
    assert log_in("B") == ""
    assert [session["user"] for session in router.active] == ["B"]
    assert router.hosts[0]["authorized"] == "true"


@pytest.mark.parametrize(("level", "cap"), [(3, 1), (4, 200), (5, 500)])
def test_the_licence_caps_the_sessions(level: int, cap: int) -> None:
    with RouterSandbox(license_level=level, clock=Clock(frozen_at=NOW)) as router:
        router.add_profile("all", shared_users="unlimited")
        router.add_user("A", "x", profile="all")
        for n in range(cap + 1):
            router.join(
                f"02:00:00:00:{n // 256:02X}:{n % 256:02X}", f"10.0.{n // 250}.{n % 250 + 1}"
            )
        for n in range(cap):
            router.log_in("A", "x", f"10.0.{n // 250}.{n % 250 + 1}")
        with pytest.raises(Refusal, match="session limit reached"):
            router.log_in("A", "x", f"10.0.{cap // 250}.{cap % 250 + 1}")
        assert len(router.active) == cap


@pytest.mark.parametrize("command", ["remove", "disable"])
def test_a_session_outlives_its_user(router: RouterSandbox, log_in: LogIn, command: str) -> None:
    log_in()
    router.execute(f"/ip/hotspot/user/{command}", numbers=router.users["A"][".id"])
    router.clock.advance(60)
    assert [session["user"] for session in router.active] == ["A"]
    router.execute(f"{ACTIVE}/remove", numbers=router.active[0][".id"])
    assert router.active == []
    assert log_in() == "invalid username or password"


def test_logging_out_takes_the_cookie_along(router: RouterSandbox, log_in: LogIn) -> None:
    log_in()
    assert [(c["user"], c["mac-address"]) for c in router.cookies] == [("A", MAC)]
    assert router.cookies[0]["expires-in"] == "3d"
    router.execute(f"{ACTIVE}/remove", numbers=router.active[0][".id"])
    assert router.cookies == []
    assert router.hosts[0]["authorized"] == "false"


def test_a_session_that_ended_by_itself_leaves_its_cookie(
    router: RouterSandbox, log_in: LogIn
) -> None:
    router.execute("/ip/hotspot/user/set", numbers=router.users["A"][".id"], limit_uptime="1h")
    log_in()
    router.clock.advance(3_600)
    assert router.active == []
    assert len(router.cookies) == 1
    router.clock.advance(3 * 86_400)
    assert router.cookies == []


def test_without_mac_cookies_none_is_made(router: RouterSandbox, log_in: LogIn) -> None:
    router.add_profile("plain", add_mac_cookie="no")
    router.add_user("B", "x", profile="plain")
    log_in("B")
    assert router.cookies == []


@pytest.mark.parametrize("by_cookie", [True, False])
def test_a_device_comes_back_by_its_cookie(
    router: RouterSandbox, log_in: LogIn, by_cookie: bool
) -> None:
    if by_cookie:
        profile = "/ip/hotspot/profile"
        [hsprof] = [row for row in router.rows(profile) if row["name"] == "hsprof1"]
        router.execute(f"{profile}/set", numbers=hsprof[".id"], login_by="mac-cookie,http-pap")
    log_in()
    router.leave(MAC)
    assert len(router.active) == 1
    router.clock.advance(121)
    assert (router.active, router.hosts) == ([], [])
    router.join(MAC, "192.168.88.177")
    online = [(session["address"], session["login-by"]) for session in router.active]
    assert online == ([("192.168.88.177", "mac-cookie")] if by_cookie else [])


def test_a_device_that_leaves_before_it_logs_in_is_forgotten(router: RouterSandbox) -> None:
    router.leave(MAC)
    assert router.hosts == []


def test_an_address_belongs_to_one_device(router: RouterSandbox, log_in: LogIn) -> None:
    log_in()
    router.join(OTHER_MAC, IP)
    assert [(host["mac-address"], host["authorized"]) for host in router.hosts] == [
        (OTHER_MAC, "false")
    ]
    assert router.active == []


def test_removing_a_host_ends_its_session(router: RouterSandbox, log_in: LogIn, talk: Talk) -> None:
    log_in()
    [host] = talk.rows("/ip/hotspot/host/print", f"?mac-address={MAC}")
    assert talk.ask("/ip/hotspot/host/remove", f"=.id={host['.id']}") == [["!done"]]
    assert (router.hosts, router.active) == ([], [])


def test_removing_a_cookie_leaves_the_session(router: RouterSandbox, log_in: LogIn) -> None:
    log_in()
    router.execute("/ip/hotspot/cookie/remove", numbers=router.cookies[0][".id"])
    assert (len(router.active), router.cookies) == (1, [])


def test_the_user_of_the_server_goes_before_that_of_all(
    router: RouterSandbox, log_in: LogIn
) -> None:
    router.add_user("A", "other", server="hotspot1")
    assert log_in() == "invalid username or password"
    assert log_in(password="other") == ""
    router.clock.advance(60)
    uptimes = {row.get("server"): row["uptime"] for row in router.rows("/ip/hotspot/user")}
    assert uptimes == {None: "0s", "hotspot1": "1m"}


def test_hotspot_refusals_are_traps_on_the_wire(talk: Talk) -> None:
    words = ("=user=A", "=password=x", f"=ip={IP}")
    assert talk.trap(f"{ACTIVE}/login", *words) == ("invalid username or password", "4")
    message = ("invalid value for argument ip", "1")
    assert talk.trap(f"{ACTIVE}/login", "=user=A", "=ip=nowhere") == message
    message = ("invalid value for argument mac-address", "1")
    assert talk.trap(f"{ACTIVE}/login", *words, "=mac-address=x") == message
    assert talk.trap(f"{ACTIVE}/login", *words, "=address=x")[0] == "unknown parameter address"


def test_an_operators_mistake_is_a_trap(router: RouterSandbox) -> None:
    with pytest.raises(Trap, match="input does not match any value of profile"):
        router.add_user("B", "x", profile="none such")
