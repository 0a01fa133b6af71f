"""Test lines that are cut, routers that restart, sessions that are all taken."""

from __future__ import annotations

import threading
from time import monotonic

import pytest

from portal.hotspot.errors import RouterRefused, RouterUnavailable
from portal.hotspot.provisioning import NewHotspotUser
from portal.hotspot.router import HotspotRouter
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.crowd import Crowd
from tests.hotspot.routeros.peer import DONE, Peer, answering, read_sentence, sentence
from tests.support.patience import PATIENCE, within

MARK = "portal:demo:1"
USER = NewHotspotUser("AB3C9D", "1234", "1hora", MARK)
ADD = "/ip/hotspot/user/add"
PRINT = "/ip/hotspot/user/print"


def test_connections_are_kept_and_shared(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    for _ in range(10):
        router.provisioner.find_user("AB3C9D", 2)
    assert sandbox.counters.connections == 1
    Crowd(lambda: router.provisioner.find_user("AB3C9D", 2), 30).wait()
    assert sandbox.counters.connections <= 2


def test_a_connection_that_died_idle_is_noticed_before_it_is_used(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    router.provisioner.find_user("AB3C9D", 2)
    sandbox.drop_connections()
    assert router.provisioner.add_user(USER, 2)
    assert list(sandbox.users) == ["AB3C9D"]


def test_a_trap_leaves_the_connection_in_use(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    for _ in range(3):
        sandbox.faults.trap("failure: out of memory", ADD)
        with pytest.raises(RouterRefused) as caught:
            router.provisioner.add_user(USER, 2)
        assert "memory" not in str(caught.value)
    assert sandbox.counters.connections == 1


@pytest.mark.parametrize("fault", ["garbage", "cut_after", "cut_before"])
def test_anything_but_a_trap_drops_the_connection(
    router: HotspotRouter, sandbox: RouterSandbox, fault: str
) -> None:
    router.provisioner.find_user("AB3C9D", 2)
    getattr(sandbox.faults, fault)(ADD)
    with pytest.raises(RouterUnavailable) as caught:
        router.provisioner.add_user(USER, 2)
    assert caught.value.executed is None
    router.provisioner.find_user("AB3C9D", 2)
    assert sandbox.counters.connections == 2


def test_fatal_drops_the_connection(router: HotspotRouter, sandbox: RouterSandbox) -> None:
    router.provisioner.find_user("AB3C9D", 2)
    sandbox.faults.fatal("session closed", ADD)
    with pytest.raises(RouterUnavailable) as caught:
        router.provisioner.add_user(USER, 2)
    assert caught.value.executed is None
    assert router.provisioner.find_user("AB3C9D", 2) is None


def test_a_command_whose_reply_is_lost_is_not_sent_again(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    router.provisioner.find_user("AB3C9D", 2)
    sandbox.faults.cut_after(ADD)
    with pytest.raises(RouterUnavailable):
        router.provisioner.add_user(USER, 2)
    assert [command.path for command in sandbox.commands].count(ADD) == 1
    found = router.provisioner.find_user("AB3C9D", 2)
    assert found is not None
    assert found.mark == MARK


def test_a_question_whose_answer_is_lost_is_asked_again(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    router.provisioner.add_user(USER, 2)
    sandbox.faults.cut_after(PRINT)
    assert router.provisioner.find_user("AB3C9D", 2) is not None


def test_a_question_lost_on_a_new_connection_is_not_asked_for_ever(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.faults.cut_before(PRINT, times=None)
    with pytest.raises(RouterUnavailable) as caught:
        router.provisioner.find_user("AB3C9D", 2)
    assert caught.value.executed is False
    assert [command.path for command in sandbox.commands].count(PRINT) == 1


def test_a_command_that_timed_out_leaves_no_reply_for_the_next(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.add_user("first", "1", comment="first")
    sandbox.add_user("second", "1", comment="second")
    router.provisioner.find_user("first", 2)
    sandbox.faults.delay(300, PRINT)
    with pytest.raises(RouterUnavailable):
        router.provisioner.find_user("first", 0.1)
    found = router.provisioner.find_user("second", 2)
    assert found is not None
    assert found.name == "second"


def test_when_all_sessions_are_taken_it_waits_for_one(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox)
    sandbox.faults.too_many_sessions(times=2)
    started = monotonic()
    assert router.provisioner.add_user(USER, PATIENCE)
    assert monotonic() - started > 0.2
    assert sandbox.counters.refused_connections == 2


@within(1.2)
def test_sessions_taken_for_good_end_with_the_deadline(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    sandbox.faults.too_many_sessions(times=None)
    with pytest.raises(RouterUnavailable, match="max-sessions") as caught:
        connect(sandbox).provisioner.add_user(USER, 0.6)
    assert caught.value.executed is False


def test_who_is_refused_a_session_takes_a_connection_that_becomes_free(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox)
    router.provisioner.find_user("AB3C9D", 2)
    sandbox.faults.too_many_sessions(times=None)
    sandbox.faults.delay(50, times=None)
    results = Crowd(lambda: router.provisioner.find_user("AB3C9D", 3), 12).wait()
    assert {result for result, _ in results} == {None}


def test_more_processes_than_sessions_still_come_through(connect: Connect) -> None:
    with RouterSandbox() as box:
        routers = [connect(box, idle_seconds=0.2) for _ in range(24)]
        crowds = [Crowd(lambda r=r: r.provisioner.find_user("x", 5), 2) for r in routers]
        for crowd in crowds:
            assert {result for result, _ in crowd.wait()} == {None}
        assert box.counters.refused_connections > 0


def test_a_closed_port_says_what_to_check(connect: Connect) -> None:
    with Peer(answering(lambda words: DONE)) as peer:
        router = connect(peer)
    with pytest.raises(RouterUnavailable, match="api-ssl") as caught:
        router.provisioner.find_user("AB3C9D", 2)
    assert caught.value.executed is False


def test_a_refused_login_is_the_operators_to_mend(sandbox: RouterSandbox, connect: Connect) -> None:
    router = connect(sandbox, password="wrong")
    for _ in range(5):
        with pytest.raises(RouterRefused, match="contraseña") as caught:
            router.provisioner.find_user("AB3C9D", 2)
        assert caught.value.executed is False
    assert "wrong" not in repr(caught.value)


@pytest.mark.parametrize("version", ["6.42.12", "6.48.6", "7.9.2", "7.24"])
@pytest.mark.parametrize("password", ["secret", "contraseña ñ"])
def test_logs_in_to_old_and_new_routers(connect: Connect, version: str, password: str) -> None:
    with RouterSandbox(version=version, password=password) as box:
        box.add_profile("1hora")
        assert connect(box).provisioner.add_user(USER, 2)
        with pytest.raises(RouterRefused):
            connect(box, password="wrong").provisioner.find_user("AB3C9D", 2)


def test_a_peer_that_speaks_something_else_is_not_waited_for(connect: Connect) -> None:
    def serve(sock) -> None:
        read_sentence(sock)
        sock.sendall(b"\xff" * 64)
        threading.Event().wait(0.1)

    with Peer(serve) as peer, pytest.raises(RouterUnavailable, match="8728"):
        connect(peer).provisioner.find_user("AB3C9D", 2)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"\x00", RouterUnavailable),
        (b"\xe1\x00\x00\x00", RouterUnavailable),
        (sentence("!fatal"), RouterUnavailable),
        (sentence("!fatal", "session closed"), RouterUnavailable),
        (sentence("!trap") + DONE, RouterRefused),
        (sentence("!trap", "=category=2") + DONE, RouterRefused),
        (sentence("!re", "=uptime=sometimes") + DONE, RouterRefused),
        (sentence("!re", "=bytes-in=many") + DONE, RouterRefused),
        (sentence("!re", "=limit-uptime=-1") + DONE, RouterRefused),
    ],
)
def test_odd_replies_end_in_the_ports_error(
    connect: Connect, reply: bytes, error: type[Exception]
) -> None:
    with Peer(answering(lambda words: reply)) as peer, pytest.raises(error):
        connect(peer).provisioner.find_user("AB3C9D", 1)


@pytest.mark.parametrize("reply", [DONE, sentence("!empty") + DONE, sentence("!done", ".tag=1")])
def test_no_rows_is_no_user(connect: Connect, reply: bytes) -> None:
    with Peer(answering(lambda words: reply)) as peer:
        assert connect(peer).provisioner.find_user("AB3C9D", 1) is None


def test_two_traps_are_one_refusal(connect: Connect) -> None:
    trap = sentence("!trap", "=message=failure: first thing")
    with Peer(answering(lambda words: trap + trap + DONE)) as peer:
        router = connect(peer)
        for _ in range(2):
            with pytest.raises(RouterRefused):
                router.provisioner.find_user("AB3C9D", 1)
        assert peer.accepted == 1
