"""Test lines that break while several commands are open."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from portal.hotspot.errors import RouterUnavailable
from portal.hotspot.provisioning import NewHotspotUser
from portal.hotspot.router import HotspotRouter
from portal.hotspot.routeros import messages
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.crowd import Crowd
from tests.hotspot.routeros.line.scripted import Asked, Scripted
from tests.hotspot.routeros.peer import DONE, Peer, read_sentence, sentence

BREAKS: dict[str, Callable[[Asked], None]] = {
    "fatal": lambda asked: asked.sock.sendall(sentence("!fatal", "out of memory")),
    "cut in the middle of a row": lambda asked: cut(asked, sentence("!re", "=name=A")[:7]),
    "garbage": lambda asked: asked.sock.sendall(b"\xfa" * 8),
    "an empty sentence": lambda asked: asked.sock.sendall(b"\x00"),
    "an answer without a tag": lambda asked: asked.sock.sendall(DONE),
    "an answer with another tag": lambda asked: asked.say("!done", tag=b"9999"),
}


def warm_up(peer: Scripted, router: HotspotRouter) -> None:
    """Have a line that has served already."""
    warm = Crowd(lambda: router.provisioner.find_user("warm", 5), 1)
    peer.next().show("warm")
    warm.wait()


def cut(asked: Asked, last: bytes) -> None:
    asked.sock.sendall(last)
    asked.sock.shutdown(2)


def user(name: str) -> NewHotspotUser:
    return NewHotspotUser(name, "1234", "1hora", "portal:demo:1")


@pytest.mark.parametrize("way", BREAKS)
def test_all_that_was_open_is_lost_and_no_change_is_sent_again(connect: Connect, way: str) -> None:
    with Scripted() as peer:
        router = connect(peer, breaker_failures=10)
        warm_up(peer, router)
        names = iter("ABC")
        changes = Crowd(lambda: router.provisioner.add_user(user(next(names)), 5), 3)
        question = Crowd(lambda: router.provisioner.find_user("Q", 5), 1)
        asked = [peer.next() for _ in range(4)]
        assert {command.path.rpartition("/")[2] for command in asked} == {"add", "print"}
        BREAKS[way](asked[0])
        lost = [error for error, _ in changes.wait()]
        assert {type(error) for error in lost} == {RouterUnavailable}
        assert {error.executed for error in lost} == {None}
        # What changes nothing is asked once more, on another connection.
        again = peer.next()
        assert again.name == "Q"
        again.show("Q")
        assert question.wait()[0][0].name == "Q"
        assert peer.waiting() == 0
        assert peer.accepted == 2


def test_one_cut_is_one_failure_however_many_commands_were_open(connect: Connect) -> None:
    """A router whose line breaks once is not one that keeps failing."""
    with Scripted() as peer:
        router = connect(peer, breaker_failures=2, breaker_seconds=60)
        warm_up(peer, router)
        names = iter("ABC")
        changes = Crowd(lambda: router.provisioner.add_user(user(next(names)), 5), 3)
        asked = [peer.next() for _ in range(3)]
        cut(asked[0], b"")
        assert {error.executed for error, _ in changes.wait()} == {None}
        # It is asked again, in place of being left alone.
        with pytest.raises(RouterUnavailable, match=messages.SILENT):
            router.provisioner.find_user("next", 0.3)
        assert peer.next().name == "next"


def test_a_few_rows_of_nobody_are_passed_over_and_many_are_not(connect: Connect) -> None:
    with Scripted() as peer:
        router = connect(peer)
        warm_up(peer, router)
        crowd = Crowd(lambda: router.provisioner.find_user("B", 5), 3)
        asked = [peer.next() for _ in range(3)]
        for _ in range(50):
            asked[0].say("!re", "=name=stray", tag=b"777")
        asked[0].show("B")
        for _ in range(51):
            asked[1].say("!re", "=name=stray", tag=b"777")
        for _ in range(2):
            peer.next().show("B")
        assert [found.name for found, _ in crowd.wait()] == ["B", "B", "B"]
        assert peer.accepted == 2


def test_rows_that_may_be_anybody_s_are_nobody_s(connect: Connect) -> None:
    """Even where one command alone is open: its own answer still comes, with its tag."""
    with Scripted() as peer:
        router = connect(peer)
        warm_up(peer, router)
        crowd = Crowd(lambda: router.provisioner.find_user("A", 5), 1)
        asked = peer.next()
        asked.say("!re", "=name=stray", tag=b"777")
        asked.show("A")
        again = peer.next()
        again.show("A")
        assert crowd.wait()[0][0].name == "A"
        assert peer.accepted == 2


def test_who_is_told_too_much_is_told_so_and_the_others_that_it_was_cut(connect: Connect) -> None:
    with Scripted() as peer:
        router = connect(peer, breaker_failures=10)
        warm_up(peer, router)
        flooded = Crowd(lambda: router.provisioner.find_user("flooded", 5), 1)
        asked = peer.next()
        other = Crowd(lambda: router.provisioner.add_user(user("other"), 5), 1)
        peer.next()
        row = sentence("!re", "=name=" + "n" * 90, b".tag=" + (asked.tag or b""))
        flood(asked, row * 6_000)
        # It is asked again, and answers in the same way.
        flood(peer.next(), row * 6_000)
        assert [error.advice for error, _ in flooded.wait()] == [messages.TOO_MUCH]
        assert [(error.advice, error.executed) for error, _ in other.wait()] == [
            (messages.CUT, None)
        ]


def flood(asked: Asked, data: bytes) -> None:
    tagged = data.replace(b".tag=2", b".tag=" + (asked.tag or b""))
    try:
        asked.sock.sendall(tagged)
    except OSError:
        return


def test_what_was_never_sent_whole_was_not_done(connect: Connect) -> None:
    """A router that reads no more: the others' commands are lost, this one is not."""
    over = threading.Event()

    def serve(sock) -> None:
        sock.sendall(sentence("!done", read_sentence(sock)[-1]))
        over.wait()

    with Peer(serve) as peer:
        router = connect(peer)
        big = NewHotspotUser("AB3C9D", "1234", "1hora", "x" * 9_000_000)
        with pytest.raises(RouterUnavailable) as caught:
            router.provisioner.add_user(big, 0.5)
        over.set()
    assert caught.value.executed is False
