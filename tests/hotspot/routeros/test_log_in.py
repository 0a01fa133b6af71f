"""Test putting a device online."""

from __future__ import annotations

from time import monotonic

import pytest

from portal.hotspot.errors import RouterUnavailable
from portal.hotspot.presence import LoggedIn, LoginRefusal, NotLoggedIn
from portal.hotspot.provisioning import Known, NewHotspotUser
from portal.hotspot.router import HotspotRouter
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import IP, MAC, Connect
from tests.hotspot.routeros.crowd import Crowd
from tests.hotspot.routeros.peer import DONE, Peer, answering, sentence
from tests.support.patience import PATIENCE, wait_until, within

MARK = "portal:demo:1"
NAME, PASSWORD = "AB3C9D", "1234"
LOGIN = "/ip/hotspot/active/login"
OTHER_MAC, OTHER_IP = "AA:BB:CC:DD:EE:00", "192.168.88.101"


@pytest.fixture
def sold(router: HotspotRouter) -> HotspotRouter:
    """A router with a user that may go online."""
    router.provisioner.add_user(NewHotspotUser(NAME, PASSWORD, "1hora", MARK), 2, disabled=False)
    return router


def test_the_device_is_online_and_seen(sold: HotspotRouter, sandbox: RouterSandbox) -> None:
    result = sold.presence.log_in(NAME, PASSWORD, MAC.lower(), 2)
    assert isinstance(result, LoggedIn)
    assert (result.session.user, result.session.mac, result.session.address) == (NAME, MAC, IP)
    assert [row["user"] for row in sandbox.active] == [NAME]
    assert result.session.id == sandbox.active[0][".id"]


def test_the_address_is_the_routers_own(sold: HotspotRouter, sandbox: RouterSandbox) -> None:
    assert isinstance(sold.presence.log_in(NAME, PASSWORD, MAC, 2, address="10.9.9.9\n"), LoggedIn)
    [login] = [command for command in sandbox.commands if command.path == LOGIN]
    assert login.args["ip"] == IP


@pytest.mark.parametrize(("hint", "sent"), [("10.0.0.3", "10.0.0.3"), ("10.0.0.9", "10.0.0.2")])
def test_of_several_addresses_the_hinted_one_is_taken(
    connect: Connect, hint: str, sent: str
) -> None:
    asked: list[list[bytes]] = []

    def answer(words: list[bytes]) -> bytes:
        asked.append(words)
        if words[0] == b"/ip/hotspot/host/print":
            rows = [sentence("!re", f"=mac-address={MAC}", f"=address=10.0.0.{n}") for n in (2, 3)]
            return b"".join(rows) + DONE
        if words[0] == b"/ip/hotspot/active/print":
            where = [f"=address={sent}", f"=mac-address={MAC}", f"=user={NAME}"]
            return sentence("!re", "=.id=*1", *where) + DONE
        return DONE

    with Peer(answering(answer)) as peer:
        result = connect(peer).presence.log_in(NAME, PASSWORD, MAC, 2, address=hint)
    assert isinstance(result, LoggedIn)
    assert f"=ip={sent}".encode() in asked[1]


def test_without_a_hint_the_address_that_it_came_to_last_is_taken(
    sold: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.clock.advance(60)
    sandbox.join(MAC, "192.168.88.200", keeps_old=True)
    result = sold.presence.log_in(NAME, PASSWORD, MAC, 2)
    assert isinstance(result, LoggedIn)
    assert result.session.address == "192.168.88.200"


def test_why_a_device_is_not_let_in(sold: HotspotRouter, sandbox: RouterSandbox) -> None:
    def reason(**changes: str) -> LoginRefusal:
        values = {"name": NAME, "password": PASSWORD, "mac": MAC} | changes
        result = sold.presence.log_in(values["name"], values["password"], values["mac"], 2)
        assert isinstance(result, NotLoggedIn)
        return result.reason

    assert reason(mac=OTHER_MAC) is LoginRefusal.UNKNOWN_HOST
    assert reason(password="wrong") is LoginRefusal.BAD_CREDENTIALS
    assert reason(name="nobody") is LoginRefusal.BAD_CREDENTIALS
    sandbox.join(OTHER_MAC, OTHER_IP)
    sandbox.log_in(NAME, PASSWORD, OTHER_IP)
    assert reason() is LoginRefusal.TOO_MANY_SESSIONS
    sandbox.add_user("spent", PASSWORD, **{"limit-uptime": "1s"})
    sandbox.execute("/ip/hotspot/active/remove", **{".id": sandbox.active[0][".id"]})
    sandbox.log_in("spent", PASSWORD, OTHER_IP)
    sandbox.clock.advance(5)
    assert reason(name="spent") is LoginRefusal.UPTIME_LIMIT
    sandbox.add_user("eaten", PASSWORD, **{"limit-bytes-total": "22000"})
    sandbox.log_in("eaten", PASSWORD, OTHER_IP)
    sandbox.clock.advance(5)
    assert reason(name="eaten") is LoginRefusal.DATA_LIMIT
    sandbox.faults.trap("session limit reached", LOGIN)
    assert reason() is LoginRefusal.LICENSE_LIMIT
    sandbox.faults.trap("no more free addresses from pool", LOGIN)
    assert reason() is LoginRefusal.NO_FREE_ADDRESS
    sandbox.faults.trap("user X is not allowed to log in from this MAC address", LOGIN)
    assert reason() is LoginRefusal.BOUND_TO_MAC
    sandbox.faults.trap("something new", LOGIN)
    assert reason() is LoginRefusal.OTHER


def test_a_device_that_is_online_already_is_logged_in(
    sold: HotspotRouter, sandbox: RouterSandbox
) -> None:
    first = sold.presence.log_in(NAME, PASSWORD, MAC, 2)
    second = sold.presence.log_in(NAME, PASSWORD, MAC, 2)
    assert isinstance(first, LoggedIn)
    assert isinstance(second, LoggedIn)
    assert len(sandbox.active) == 1


def test_who_is_online_as_somebody_else_stays_so(
    sold: HotspotRouter, sandbox: RouterSandbox
) -> None:
    """Nor does anybody else go for it."""
    sandbox.add_user("neighbour", "1")
    sandbox.log_in("neighbour", "1", IP)
    sandbox.join(OTHER_MAC, OTHER_IP)
    sandbox.log_in(NAME, PASSWORD, OTHER_IP)
    before = sandbox.active
    result = sold.presence.log_in(NAME, PASSWORD, MAC, 2, clear_stale=True)
    assert result == NotLoggedIn(LoginRefusal.ALREADY_ONLINE)
    assert [row[".id"] for row in sandbox.active] == [row[".id"] for row in before]


NEW_IP = "192.168.88.200"


@pytest.mark.parametrize("hint", [NEW_IP, None])
def test_a_phone_with_a_new_address_is_logged_in_there_and_its_old_session_goes(
    sold: HotspotRouter, sandbox: RouterSandbox, hint: str | None
) -> None:
    sandbox.log_in(NAME, PASSWORD, IP)
    sandbox.clock.advance(60)
    sandbox.join(MAC, NEW_IP, keeps_old=True)
    assert sold.presence.session_of(NAME, MAC, 2, address=hint) is None
    said = sold.presence.log_in(NAME, PASSWORD, MAC, 2, address=hint, clear_stale=True)
    assert isinstance(said, LoggedIn)
    assert [row["address"] for row in sandbox.active] == [NEW_IP]
    assert sold.presence.session_of(NAME, MAC, 2, address=hint) == said.session


def test_a_session_elsewhere_is_not_taken_for_the_device_s_own(
    sold: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.log_in(NAME, PASSWORD, IP)
    sandbox.join(MAC, NEW_IP, keeps_old=True)
    result = sold.presence.log_in(NAME, PASSWORD, MAC, 2, address=NEW_IP)
    assert result == NotLoggedIn(LoginRefusal.TOO_MANY_SESSIONS)


def bound(sold: HotspotRouter, sandbox: RouterSandbox) -> None:
    """Two devices in the hotspot; the user is bound to the first."""
    sandbox.add_profile("familia", **{"shared-users": "3"})
    sold.provisioner.update_user(NAME, MARK, 2, profile="familia")
    sandbox.log_in(NAME, PASSWORD, IP)
    sandbox.execute(
        "/ip/hotspot/user/set", numbers=sandbox.users[NAME][".id"], mac_address=MAC, comment=""
    )
    sandbox.join(OTHER_MAC, OTHER_IP)


@pytest.mark.parametrize("text", ["", "solo desde su propio aparato"])
def test_a_mac_is_taken_off_a_user_that_is_for_several_devices(
    sold: HotspotRouter, sandbox: RouterSandbox, text: str
) -> None:
    bound(sold, sandbox)
    if text:
        sandbox.faults.trap(text, LOGIN)
    known = Known("familia", has_several_devices=True)
    said = sold.presence.log_in(
        NAME, PASSWORD, OTHER_MAC, 2, clear_stale=True, devices=3, mark=MARK, known=known
    )
    assert isinstance(said, LoggedIn)
    assert said.unbound
    assert {row["mac-address"] for row in sandbox.active} == {MAC, OTHER_MAC}
    assert "mac-address" not in sandbox.users[NAME]


def test_a_user_for_one_device_stays_bound_and_nobody_is_thrown_out(
    sold: HotspotRouter, sandbox: RouterSandbox
) -> None:
    bound(sold, sandbox)
    said = sold.presence.log_in(
        NAME, PASSWORD, OTHER_MAC, 2, clear_stale=True, mark=MARK, known=Known("familia")
    )
    assert said == NotLoggedIn(LoginRefusal.BOUND_TO_MAC)
    assert [row["mac-address"] for row in sandbox.active] == [MAC]
    assert sandbox.users[NAME]["mac-address"] == MAC


def test_the_sessions_of_an_older_mac_are_ended_first(
    sold: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.join(OTHER_MAC, OTHER_IP)
    sandbox.log_in(NAME, PASSWORD, OTHER_IP)
    sandbox.add_user("neighbour", "1")
    sandbox.join("AA:BB:CC:DD:EE:01", "192.168.88.102")
    sandbox.log_in("neighbour", "1", "192.168.88.102")
    assert isinstance(sold.presence.log_in(NAME, PASSWORD, MAC, 2, clear_stale=True), LoggedIn)
    assert {(row["user"], row["mac-address"]) for row in sandbox.active} == {
        (NAME, MAC),
        ("neighbour", "AA:BB:CC:DD:EE:01"),
    }


def test_of_several_devices_the_one_longest_online_gives_way(
    sold: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.add_profile("familia", **{"shared-users": "3"})
    sandbox.add_user("FAMILY", "1", profile="familia")
    macs = [f"AA:BB:CC:DD:EE:0{n}" for n in range(4)]
    for number, mac in enumerate(macs):
        sandbox.join(mac, f"192.168.88.11{number}")
        said = sold.presence.log_in("FAMILY", "1", mac, 2, clear_stale=True, devices=3)
        assert isinstance(said, LoggedIn)
        sandbox.clock.advance(60)
    assert {row["mac-address"] for row in sandbox.active} == set(macs[1:])


def test_nobody_is_thrown_out_for_a_device_that_is_not_there(
    sold: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.log_in(NAME, PASSWORD, IP)
    result = sold.presence.log_in(NAME, PASSWORD, OTHER_MAC, 2, clear_stale=True)
    assert result == NotLoggedIn(LoginRefusal.UNKNOWN_HOST)
    assert len(sandbox.active) == 1


def test_a_login_whose_reply_is_lost_is_seen_in_the_list(
    sold: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.faults.cut_after(LOGIN)
    assert isinstance(sold.presence.log_in(NAME, PASSWORD, MAC, 2), LoggedIn)
    assert [command.path for command in sandbox.commands].count(LOGIN) == 1


def test_a_login_that_may_have_been_done_is_unknown(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox, verify_seconds=0.3)
    router.provisioner.add_user(NewHotspotUser(NAME, PASSWORD, "1hora", MARK), 2, disabled=False)
    sandbox.faults.cut_before(LOGIN)
    with pytest.raises(RouterUnavailable) as caught:
        router.presence.log_in(NAME, PASSWORD, MAC, 2)
    assert caught.value.executed is None


class LateList:
    """A router whose active list shows the device only at the `shown_at`-th look."""

    def __init__(self, shown_at: int) -> None:
        self.shown_at = shown_at
        self.looks: list[float] = []

    def __call__(self, words: list[bytes]) -> bytes:
        row = sentence("!re", "=.id=*1", f"=mac-address={MAC}", f"=address={IP}", f"=user={NAME}")
        if words[0] == b"/ip/hotspot/host/print":
            return row + DONE
        if words[0] == b"/ip/hotspot/active/print":
            self.looks.append(monotonic())
            return (row if len(self.looks) >= self.shown_at else b"") + DONE
        return DONE


@within(1.0)
def test_looks_again_quickly_at_first(connect: Connect) -> None:
    late = LateList(shown_at=4)
    with Peer(answering(late)) as peer:
        assert isinstance(connect(peer).presence.log_in(NAME, PASSWORD, MAC, 2), LoggedIn)
    pauses = [after - before for before, after in zip(late.looks, late.looks[1:], strict=False)]
    for pause, expected in zip(pauses, (0.05, 0.1, 0.2), strict=True):
        assert expected <= pause


@within(1.0)
def test_gives_up_looking_in_time(connect: Connect) -> None:
    late = LateList(shown_at=1000)
    with Peer(answering(late)) as peer:
        result = connect(peer, verify_seconds=0.5).presence.log_in(NAME, PASSWORD, MAC, 5)
    assert result == NotLoggedIn(LoginRefusal.NOT_SEEN)


def test_holds_no_connection_between_two_looks(connect: Connect) -> None:
    """It goes on looking until somebody else's command has been answered."""
    late = LateList(shown_at=10**6)
    with Peer(answering(late)) as peer:
        router = connect(peer, commands=1, verify_seconds=PATIENCE)
        crowd = Crowd(lambda: router.presence.log_in(NAME, PASSWORD, MAC, PATIENCE), 1)
        wait_until(lambda: len(late.looks) >= 1)
        router.presence.hosts(PATIENCE / 2)
        late.shown_at = 0
        assert isinstance(crowd.wait()[0][0], LoggedIn)
