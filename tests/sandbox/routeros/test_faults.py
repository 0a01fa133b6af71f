"""Test every failure that can be asked for, as a client meets it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import librouteros
import pytest
from librouteros.exceptions import ProtocolError, TrapError

from portal.sandbox.routeros import Fault, FaultKind, RouterSandbox
from tests.sandbox.routeros.talk import Talk
from tests.support.patience import PATIENCE

IDENTITY = "/system/identity/print"
ADD = "/ip/hotspot/user/add"
NAME = [["!re", "=name=MikroTik"], ["!done"]]


@contextmanager
def taking(at_least: float) -> Iterator[None]:
    """The block lasts so many seconds, and not for ever."""
    began = time.monotonic()
    yield
    assert at_least <= time.monotonic() - began < at_least + PATIENCE


def add(talk: Talk, name: str) -> list[list[str]]:
    return talk.ask(ADD, f"=name={name}", "=password=1")


def works(router: RouterSandbox) -> bool:
    with Talk.logged_in(router) as talk:
        return talk.ask(IDENTITY) == NAME


def test_a_reply_is_delayed_but_the_command_is_not(router: RouterSandbox, talk: Talk) -> None:
    router.faults.delay(600, ADD)
    with taking(0.6):
        talk.say(ADD, "=name=A")
        talk.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            talk.hear()
        assert "A" in router.users
        talk.socket.settimeout(PATIENCE)
        assert talk.hear_reply() == [["!done", "=ret=*2"]]
    assert router.faults.pending() == []


def test_delays_add_up(router: RouterSandbox, talk: Talk) -> None:
    router.faults.delay(60, times=None)
    router.faults.delay(60, IDENTITY)
    with taking(0.12):
        assert talk.ask(IDENTITY) == NAME


@pytest.mark.parametrize("executed", [False, True])
def test_a_command_hangs_before_or_after_it_ran(
    router: RouterSandbox, talk: Talk, executed: bool
) -> None:
    router.faults.hang(ADD, executed=executed)
    talk.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        add(talk, "A")
    assert ("A" in router.users) is executed
    assert works(router)


def test_a_reply_dribbles(router: RouterSandbox, talk: Talk) -> None:
    router.faults.dribble(5, IDENTITY)
    size = len("!re=name=MikroTik!done") + 5
    with taking(0.005 * (size - 1)):
        assert talk.ask(IDENTITY) == NAME


def test_other_replies_wait_behind_one_that_dribbles(router: RouterSandbox, talk: Talk) -> None:
    router.faults.dribble(2, IDENTITY, times=2)
    for tag in "12":
        talk.say(IDENTITY, f".tag={tag}")
    talk.say("/ip/hotspot/host/print", "=count-only=", ".tag=3")
    said = [talk.hear() for _ in range(5)]
    for tag in "12":
        assert ["!re", "=name=MikroTik", f".tag={tag}"] in said
        assert ["!done", f".tag={tag}"] in said
    assert ["!done", "=ret=1", ".tag=3"] in said


def test_replies_are_scattered_and_mix(router: RouterSandbox, talk: Talk) -> None:
    for number in range(9):
        router.add_user(f"U{number}", "x")
    router.faults.scatter(60, times=None)
    for tag in "123":
        talk.say("/ip/hotspot/user/print", "=.proplist=name", f".tag={tag}")
    said = [talk.hear() for _ in range(33)]
    for tag in "123":
        own = [words[:-1] for words in said if words[-1] == f".tag={tag}"]
        assert own[1:] == [*(["!re", f"=name=U{n}"] for n in range(9)), ["!done"]]
    first = [words[-1] for words in said[:11]]
    assert len(set(first)) > 1


@pytest.mark.parametrize(("fault", "tag"), [("drop_tag", None), ("mangle_tag", ".tag=7x")])
def test_a_reply_has_no_tag_or_a_wrong_one(
    router: RouterSandbox, talk: Talk, fault: str, tag: str | None
) -> None:
    getattr(router.faults, fault)(IDENTITY)
    talk.say(IDENTITY, ".tag=7")
    marks = [] if tag is None else [tag]
    assert [talk.hear(), talk.hear()] == [[*NAME[0], *marks], [*NAME[1], *marks]]
    talk.say(IDENTITY, ".tag=8")
    assert talk.hear() == [*NAME[0], ".tag=8"]


def test_a_cancel_is_passed_over(router: RouterSandbox, talk: Talk) -> None:
    router.faults.ignore_cancel()
    router.faults.delay(100, IDENTITY)
    talk.say(IDENTITY, ".tag=1")
    talk.say("/cancel", "=tag=1", ".tag=2")
    assert talk.hear_reply("1") == [[*NAME[0], ".tag=1"], ["!done", ".tag=1"]]
    assert talk.ask("/cancel", "=tag=1", ".tag=3") == [["!done", ".tag=3"]]


def test_so_many_commands_are_worked_on_at_once(router: RouterSandbox, talk: Talk) -> None:
    router.work_at_once(2)
    router.faults.hang("/system", times=2)
    for tag in "123":
        talk.say(IDENTITY, f".tag={tag}")
    talk.socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        talk.hear()
    talk.socket.settimeout(PATIENCE)
    # One that waits is canceled like one under way, and makes no room.
    talk.say(IDENTITY, ".tag=4")
    talk.say("/cancel", "=tag=4", ".tag=5")
    assert talk.hear_reply("5")[-1] == ["!done", ".tag=5"]
    talk.say("/cancel", "=tag=1", ".tag=6")
    said = [talk.hear() for _ in range(5)]
    assert ["!trap", "=category=2", "=message=interrupted", ".tag=1"] in said
    assert [*NAME[0], ".tag=3"] in said


@pytest.mark.parametrize("executed", [False, True])
def test_the_line_is_cut_before_or_after_the_command_ran(
    router: RouterSandbox, talk: Talk, executed: bool
) -> None:
    cut = router.faults.cut_after if executed else router.faults.cut_before
    cut(ADD)
    assert add(talk, "A") == []
    assert ("A" in router.users) is executed
    assert works(router)


def test_a_trap_comes_instead_of_the_command(router: RouterSandbox, talk: Talk) -> None:
    router.faults.trap("not enough permissions (9)", ADD)
    assert talk.trap(ADD, "=name=A")[0] == "not enough permissions (9)"
    assert router.users == {}
    assert add(talk, "A") == [["!done", "=ret=*2"]]


def test_a_fatal_closes_the_connection(router: RouterSandbox, talk: Talk) -> None:
    router.faults.fatal("out of memory", ADD)
    assert add(talk, "A") == [["!fatal", "out of memory"]]
    assert router.users == {}


def test_logins_are_refused(router: RouterSandbox, talk: Talk) -> None:
    router.faults.refuse_login(times=2)
    credentials = (f"=name={router.user}", f"=password={router.password}")
    for _ in range(2):
        assert talk.trap("/login", *credentials)[0] == "invalid user name or password (6)"
    assert works(router)


def test_garbage_upsets_a_client_but_not_the_router(router: RouterSandbox) -> None:
    router.faults.garbage(IDENTITY)
    api = librouteros.connect(router.host, router.user, router.password, port=router.port)
    with pytest.raises((ProtocolError, ValueError)):
        tuple(api(IDENTITY))
    api.close()
    assert works(router)


def test_the_garbage_may_be_chosen(router: RouterSandbox, talk: Talk) -> None:
    router.faults.garbage(IDENTITY, payload=b"\x05!what\x00\x05!done\x00")
    assert talk.ask(IDENTITY) == [["!what"], ["!done"]]


def test_new_sessions_are_too_many(router: RouterSandbox, talk: Talk) -> None:
    router.faults.too_many_sessions(times=2)
    for _ in range(2):
        with Talk(router.host, router.port) as refused:
            assert refused.hear() is None
    assert works(router)
    assert talk.ask(IDENTITY) == NAME


def test_cut_connections_are_closed_when_it_says_so(router: RouterSandbox) -> None:
    for _ in range(50):
        with Talk.logged_in(router) as talk:
            router.drop_connections()
            talk.socket.settimeout(0)
            assert talk.socket.recv(1) == b""


def test_a_reboot_deals_new_ids_and_ends_sessions(router: RouterSandbox, talk: Talk) -> None:
    for name in ("A", "B", "C"):
        router.add_user(name, "x")
    router.log_in("B", "x", router.hosts[0]["address"])
    router.clock.advance(60)
    before = {name: user[".id"] for name, user in router.users.items()}
    router.reboot()
    assert talk.hear() is None
    after = {name: user[".id"] for name, user in router.users.items()}
    assert after.keys() == before.keys()
    assert all(after[name] != before[name] for name in before)
    # An id from before the reboot names another user now.
    assert set(after.values()) & set(before.values())
    assert router.active == []
    assert router.hosts[0]["authorized"] == "false"
    assert router.users["B"]["uptime"] == "1m"
    with Talk.logged_in(router) as again:
        assert again.rows("/system/resource/print")[0]["uptime"] == "0s"
        assert again.rows("/ip/hotspot/user/print", "?name=A")[0][".id"] == after["A"]
        assert again.ask(ADD, "=name=D") == [["!done", "=ret=*5"]]
    assert len(router.cookies) == 1
    router.clock.advance(3 * 86_400)
    assert router.cookies == []


@pytest.mark.parametrize("change", ["reboot", "reset"])
def test_no_connection_lives_while_ids_are_dealt_anew(
    router: RouterSandbox, talk: Talk, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """A command that came between would be done to whoever has that id now."""
    open_then: list[int] = []
    deal_anew = getattr(router._device, change)

    def look_and_deal(**options: bool) -> None:
        open_then.append(len(router._api.open))
        deal_anew(**options)

    monkeypatch.setattr(router._device, change, look_and_deal)
    assert talk.ask(IDENTITY) == NAME
    getattr(router, change)()
    assert open_then == [0]
    assert talk.hear() is None


def test_a_reset_forgets_everything_but_the_way_in(router: RouterSandbox, talk: Talk) -> None:
    router.add_user("A", "x")
    router.reset()
    assert talk.hear() is None
    assert (router.users, router.hosts, router.active, router.cookies) == ({}, [], [], [])
    with Talk.logged_in(router) as again:
        [profile] = again.rows("/ip/hotspot/user/profile/print")
        assert profile["name"] == "default"
        assert again.rows("/ip/service/print", "?name=api")[0]["port"] == str(router.port)


def test_a_router_that_is_down_refuses_connections(router: RouterSandbox, talk: Talk) -> None:
    router.go_down()
    assert talk.hear() is None
    with pytest.raises(ConnectionRefusedError):
        Talk(router.host, router.port)
    router.come_up()
    assert works(router)


def test_a_failure_strikes_its_commands_so_many_times(router: RouterSandbox, talk: Talk) -> None:
    router.faults.trap("no", "/ip/hotspot/user", times=2)
    assert talk.ask("/ip/hotspot/user/profile/print", "=count-only=")[0][0] == "!trap"
    assert talk.ask("/ip/hotspot/host/print", "=count-only=")[0][0] == "!done"
    assert add(talk, "A")[0][0] == "!trap"
    assert add(talk, "A")[0][0] == "!done"
    assert router.faults.pending() == []


def test_a_failure_may_wait_for_a_later_command(router: RouterSandbox, talk: Talk) -> None:
    router.faults.add(Fault(FaultKind.TRAP, ADD, message="no", skip=2))
    assert [add(talk, name)[0][0] for name in "ABCD"] == ["!done", "!done", "!trap", "!done"]


def test_a_failure_for_good_ends_when_it_is_cleared(router: RouterSandbox, talk: Talk) -> None:
    router.faults.trap("no", times=None)
    for _ in range(5):
        assert talk.ask(IDENTITY)[0][0] == "!trap"
    router.faults.clear()
    assert talk.ask(IDENTITY) == NAME


def test_a_menu_is_not_another_whose_name_begins_alike(router: RouterSandbox) -> None:
    assert not Fault(FaultKind.HANG, "/ip/hotspot/user").strikes("/ip/hotspot/user-manager/print")


def test_a_failure_that_never_happens_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least once"):
        Fault(FaultKind.HANG, times=0)


def test_librouteros_sees_a_refused_login_as_a_trap(router: RouterSandbox) -> None:
    router.faults.refuse_login()
    with pytest.raises(TrapError, match="invalid user name or password"):
        librouteros.connect(router.host, router.user, router.password, port=router.port)
