"""A router that answers without end fills nobody's memory."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack

import pytest

from portal.hotspot.errors import RouterRefused, RouterUnavailable
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.commands import FEW, Bounds, Intake, sold
from portal.hotspot.routeros.errors import TooMuch
from tests.attacks.flood import BLOCKS, MARK, QUESTIONS, THREADS, flooding, row
from tests.hotspot.routeros.conftest import Connect, connect
from tests.hotspot.routeros.peer import DONE, Peer, answering, sentence
from tests.support.processes.commands import run

__all__ = ["connect"]
MEBIBYTES = 200
NO_ROUTER = {messages.TOO_MUCH, messages.GARBLED}


@pytest.mark.timeout(300)
def test_a_worker_stays_small() -> None:
    """The whole application, four threads, and every way of answering without end."""
    with ExitStack() as stack:
        ports = [stack.enter_context(Peer(flooding(block))).port for block in BLOCKS.values()]
        command = [sys.executable, "-m", "tests.attacks.flood", *map(str, ports)]
        done = run(command, seconds=240)
    assert done.returncode == 0, done.stderr
    begun, *said = [json.loads(line) for line in done.stdout.splitlines()]
    print(f"before: {begun['peak']:.0f} MiB")
    assert len(said) == len(BLOCKS)
    for way, told in zip(BLOCKS, said, strict=True):
        print(f"{way}: {told['peak']:.0f} MiB")
        assert 0 < told["peak"] < MEBIBYTES, way
        for question, ended in told["ended"].items():
            assert len(ended) == THREADS
            assert set(ended) <= NO_ROUTER, (way, question)
    assert set(said[0]["ended"]) == set(QUESTIONS)


def test_too_much_is_told_and_leaves_the_router_alone(connect: Connect) -> None:
    with Peer(flooding(BLOCKS["rows of ours"])) as peer:
        router = connect(peer, breaker_failures=2, breaker_seconds=30)
        for _ in range(2):
            with pytest.raises(RouterUnavailable) as caught:
                router.provisioner.users_marked(MARK, 5, sold=10)
            assert caught.value.advice == messages.TOO_MUCH
        with pytest.raises(RouterUnavailable) as caught:
            router.provisioner.users_marked(MARK, 5, sold=10)
        assert caught.value.advice == messages.LEFT_ALONE
        assert peer.accepted == 2


def test_as_many_as_were_sold_are_read(connect: Connect) -> None:
    count = 3_000
    sold = sentence("!re", "=name=AB3C9D", f"=comment={MARK}1")
    with Peer(answering(lambda words: sold * count + DONE)) as peer:
        router = connect(peer)
        assert len(router.provisioner.users_marked(MARK, 10, sold=count - 1_000)) == count
        with pytest.raises(RouterUnavailable) as caught:
            router.provisioner.users_marked(MARK, 10, sold=count - 1_001)
    assert caught.value.advice == messages.TOO_MUCH


def test_others_are_passed_over_whatever_their_number(connect: Connect) -> None:
    others = sentence("!re", "=name=U1", "=comment=somebody else's") * 20_000
    ours = sentence("!re", "=name=AB3C9D", f"=comment={MARK}1")
    with Peer(answering(lambda words: others + ours + DONE)) as peer:
        found = connect(peer).provisioner.users_marked(MARK, 20, sold=1)
    assert [user.name for user in found] == ["AB3C9D"]


def test_what_was_not_asked_for_is_not_kept() -> None:
    intake = Intake(FEW, ("name",))
    intake.take(["=name=x", "=password=y", "=on-login=" + "z" * 1_000])
    assert intake.rows == [{"name": "x"}]


@pytest.mark.parametrize("question", ["user", "sessions"])
@pytest.mark.parametrize(
    "figure",
    [
        f"uptime={9 * 10**11}w",
        "uptime=" + "9" * 5_000,
        f"bytes-in={2**64}",
        "bytes-out=" + "9" * 5_000,
    ],
    ids=lambda figure: figure[:12],
)
def test_figures_beyond_all_reason_are_no_figures(
    connect: Connect, question: str, figure: str
) -> None:
    """What is counted with them fits no column and no calendar."""
    words = f"=name=AB3C9D =user=AB3C9D =comment={MARK}1 ={figure}".encode().split()
    answer = row(b"=.id=*1", *words) + DONE
    with Peer(answering(lambda _: answer)) as peer, pytest.raises(RouterRefused) as caught:
        QUESTIONS[question](connect(peer))
    assert caught.value.advice == messages.UNREADABLE


def test_an_add_that_is_answered_without_end_may_have_been_done(connect: Connect) -> None:
    with Peer(flooding(BLOCKS["rows of ours"])) as peer, pytest.raises(RouterUnavailable) as caught:
        connect(peer).provisioner.enable_user("x", MARK, 5, user_id=None)
    assert caught.value.advice == messages.TOO_MUCH


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds(rows=2, received=0, kept=10_000), ["=a=b"]),
        (Bounds(rows=100, received=0, kept=1_000), ["=a=" + "b" * 200]),
        (Bounds(rows=100, received=0, kept=3_000), [f"=a{n}=b" for n in range(9)]),
    ],
)
def test_rows_and_memory_are_bounded(bounds: Bounds, words: list[str]) -> None:
    intake = Intake(bounds)

    def take_ten() -> None:
        for _ in range(10):
            intake.take(words)

    with pytest.raises(TooMuch):
        take_ten()
    assert 0 < len(intake.rows) < 10


def test_the_bound_grows_with_what_was_sold() -> None:
    assert sold(0).rows > 500
    assert sold(20_000).rows - sold(0).rows == 20_000
    assert sold(20_000).kept > sold(0).kept
