"""Prove that however a peer behaves, a call is over by its deadline."""

from __future__ import annotations

import socket
import threading

import pytest

from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterUnavailable
from portal.hotspot.provisioning import NewHotspotUser
from portal.hotspot.resolver import Endpoint, Resolver
from portal.hotspot.router import Tls
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.peer import Deaf, Peer, Serve, read_sentence, silent, silent_after_login
from tests.support.patience import within

TIMEOUT = 0.4
USER = NewHotspotUser("AB3C9D", "1234", "1hora", "portal:demo:1")


in_time = within(TIMEOUT + 0.5, at_least=TIMEOUT * 0.9)


def dribbling(pause: threading.Event) -> Serve:
    """Answers everything, the login too, a byte at a time and without an end."""

    def serve(sock: socket.socket) -> None:
        while read_sentence(sock):
            while not pause.wait(0.05):
                sock.sendall(b"\x03!re\x00"[:1])

    return serve


class TestNeverTakesLonger:
    @in_time
    def test_when_nobody_accepts(self, connect: Connect) -> None:
        with Deaf() as peer, pytest.raises(RouterUnavailable) as caught:
            connect(peer).provisioner.add_user(USER, TIMEOUT)
        assert caught.value.executed is False

    @in_time
    def test_when_the_login_is_not_answered(self, connect: Connect) -> None:
        with Peer(silent) as peer, pytest.raises(RouterUnavailable) as caught:
            connect(peer).provisioner.add_user(USER, TIMEOUT)
        assert caught.value.executed is False

    @in_time
    def test_when_the_command_is_not_answered(self, connect: Connect) -> None:
        with Peer(silent_after_login) as peer, pytest.raises(RouterUnavailable) as caught:
            connect(peer).provisioner.add_user(USER, TIMEOUT)
        assert caught.value.executed is None

    @in_time
    def test_when_a_question_is_not_answered(self, connect: Connect) -> None:
        with Peer(silent_after_login) as peer, pytest.raises(RouterUnavailable) as caught:
            connect(peer).provisioner.find_user("AB3C9D", TIMEOUT)
        assert caught.value.executed is False

    @in_time
    def test_when_a_peer_dribbles(self, connect: Connect) -> None:
        done = threading.Event()
        with Peer(dribbling(done)) as peer:
            with pytest.raises(RouterUnavailable):
                connect(peer).provisioner.find_user("AB3C9D", TIMEOUT)
            done.set()

    @in_time
    def test_when_the_sandbox_dribbles(self, sandbox: RouterSandbox, connect: Connect) -> None:
        router = connect(sandbox)
        if not sandbox.users:
            router.provisioner.add_user(USER, 2)
        sandbox.faults.dribble(30, "/ip/hotspot/user/print")
        with pytest.raises(RouterUnavailable):
            router.provisioner.find_user("AB3C9D", TIMEOUT)

    @in_time
    def test_when_a_tls_handshake_is_not_answered(self, connect: Connect) -> None:
        with Peer(silent) as peer, pytest.raises(RouterUnavailable) as caught:
            connect(peer, tls=Tls.ANONYMOUS).provisioner.add_user(USER, TIMEOUT)
        assert caught.value.executed is False


@within(1.0, at_least=0.2)
def test_a_connect_timeout_ends_the_opening_before_the_deadline(connect: Connect) -> None:
    with Peer(silent) as peer, pytest.raises(RouterUnavailable):
        connect(peer, connect_timeout=0.2).provisioner.find_user("AB3C9D", 5)


def test_a_call_without_time_fails_at_once(sandbox: RouterSandbox, connect: Connect) -> None:
    router = connect(sandbox)
    router.provisioner.find_user("AB3C9D", 2)
    sandbox.forget_commands()
    for timeout in (0, -1):
        with pytest.raises(RouterUnavailable) as caught:
            router.provisioner.add_user(USER, timeout)
        assert caught.value.executed is False
    assert sandbox.commands == []


def test_names_are_resolved(sandbox: RouterSandbox, connect: Connect) -> None:
    router = connect(sandbox, host="localhost")
    assert router.provisioner.find_user("AB3C9D", 2) is None


@pytest.mark.parametrize("host", ["no-such-router.invalid", "a..b", "", "x" * 70, "ñ\n"])
def test_an_unknown_name_is_unavailable(
    sandbox: RouterSandbox, connect: Connect, host: str
) -> None:
    with pytest.raises(RouterUnavailable) as caught:
        connect(sandbox, host=host).provisioner.find_user("AB3C9D", 2)
    assert caught.value.executed is False
    assert host == "" or host not in str(caught.value)


def test_a_name_service_that_hangs_is_left_behind_and_asked_once() -> None:
    asked, answer = [], threading.Event()

    def look_up() -> list[Endpoint]:
        asked.append(threading.current_thread())
        answer.wait()
        return [(socket.AF_INET, ("192.0.2.1", 8728))]

    resolver = Resolver("router.example", 8728, look_up)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            resolver.endpoints(Deadline(0.05))
    answer.set()
    assert resolver.endpoints(Deadline(1)) == [(socket.AF_INET, ("192.0.2.1", 8728))]
    for thread in asked:
        thread.join()
    assert len(asked) in (1, 2)


def test_a_literal_address_asks_no_name_service() -> None:
    threads = threading.active_count()
    [(family, where)] = Resolver("127.0.0.1", 8728).endpoints(Deadline(1))
    assert (family, where) == (socket.AF_INET, ("127.0.0.1", 8728))
    [(family, where)] = Resolver("::1", 8728).endpoints(Deadline(1))
    assert (family, where[:2]) == (socket.AF_INET6, ("::1", 8728))
    assert threading.active_count() == threads
