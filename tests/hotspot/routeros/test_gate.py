"""Test who waits for a router and who is sent away."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

import pytest

from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterBusy, RouterUnavailable
from portal.hotspot.provisioning import NewHotspotUser
from portal.hotspot.routeros.admission import Bulkhead, FairShares
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.crowd import Crowd
from tests.hotspot.routeros.peer import DONE, Deaf, Peer, answering, silent, silent_after_login
from tests.support.patience import PATIENCE, wait_until

SLOW = 0.3
# So much longer that a busy machine, which tells some late, tells them before.
HELD = 4.0
WAYS_TO_HANG = {
    "connect": Deaf,
    "login": lambda: Peer(silent),
    "command": lambda: Peer(silent_after_login),
}


@pytest.mark.parametrize("hangs_at", WAYS_TO_HANG)
def test_of_the_first_burst_a_hanging_router_keeps_four(connect: Connect, hangs_at: str) -> None:
    hang: Callable[[], AbstractContextManager] = WAYS_TO_HANG[hangs_at]
    with hang() as peer:
        router = connect(peer, slow_after=SLOW, connect_timeout=PATIENCE)
        results = Crowd(lambda: router.provisioner.find_user("AB3C9D", HELD), 50).wait()
    sent_away = [(error, seconds) for error, seconds in results if seconds < HELD * 0.9]
    assert len(sent_away) == 46
    assert min(seconds for _, seconds in sent_away) > SLOW * 0.9
    assert {type(error) for error, _ in sent_away} == {RouterBusy}
    assert all(isinstance(error, RouterUnavailable) for error, _ in results)
    assert all(error.executed is False for error, _ in results)


def test_of_many_commands_that_are_open_a_router_that_falls_silent_keeps_four(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox, slow_after=SLOW)
    sandbox.faults.delay(15, times=None)

    def open_many() -> bool:
        Crowd(lambda: [router.provisioner.find_user("x", 5) for _ in range(4)], 32).wait()
        return router.channel._window.size == 32

    wait_until(open_many)
    sandbox.faults.clear()
    sandbox.faults.hang(times=None)
    sandbox.forget_commands()
    user = NewHotspotUser("AB3C9D", "1234", "1hora", "portal:demo:1")
    questions = Crowd(lambda: router.provisioner.find_user("x", HELD), 16)
    changes = Crowd(lambda: router.provisioner.add_user(user, HELD), 16)
    asked, changed = questions.wait(), changes.wait()
    assert len([command for command in sandbox.commands if command.path != "/cancel"]) > 20
    assert sum(seconds > HELD * 0.9 for _, seconds in asked + changed) <= 4
    assert {error.executed for error, _ in asked} == {False}
    # What was sent may have been done.
    assert {error.executed for error, _ in changed} <= {False, None}
    assert None in {error.executed for error, _ in changed}


def test_newcomers_at_a_slow_router_are_sent_away_at_once(connect: Connect) -> None:
    with Peer(silent_after_login) as peer:
        router = connect(peer, slow_after=SLOW)
        held = Crowd(lambda: router.provisioner.find_user("AB3C9D", HELD), 4)
        threading.Event().wait(SLOW + 0.1)
        late = Crowd(lambda: router.provisioner.find_user("AB3C9D", HELD), 10).wait()
        held.wait()
    assert {type(error) for error, _ in late} == {RouterBusy}
    assert max(seconds for _, seconds in late) < HELD * 0.9


def test_a_router_that_answers_lets_a_crowd_wait_in_line(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox, slow_after=SLOW, commands=2)
    sandbox.faults.delay(30, times=None)
    results = Crowd(lambda: router.provisioner.find_user("AB3C9D", 5), 60).wait()
    assert {result for result, _ in results} == {None}
    assert max(seconds for _, seconds in results) > 2 * SLOW


def test_a_long_listing_is_an_answer_as_long_as_rows_arrive(connect: Connect) -> None:
    finish = threading.Event()

    def serve(sock) -> None:
        def trickle(words: list[bytes]) -> bytes:
            while not finish.wait(0.02):
                sock.sendall(b"\x03!re\x00")
            return DONE

        answering(trickle)(sock)

    with Peer(serve) as peer:
        router = connect(peer, slow_after=0.15)
        crowd = Crowd(lambda: router.presence.sessions(5), 10)
        threading.Event().wait(0.5)
        finish.set()
        assert all(isinstance(result, tuple) for result, _ in crowd.wait())


def test_no_turn_within_the_deadline_is_busy(sandbox: RouterSandbox, connect: Connect) -> None:
    router = connect(sandbox, commands=1, slow_after=10)
    router.provisioner.find_user("AB3C9D", 2)
    sandbox.faults.delay(2500)
    taken = Crowd(lambda: router.provisioner.find_user("AB3C9D", 10), 1)
    wait_until(lambda: not sandbox.faults.pending())
    results = Crowd(lambda: router.provisioner.find_user("AB3C9D", 0.4), 6).wait()
    assert {type(error) for error, _ in results} == {RouterBusy}
    assert all(error.executed is False for error, _ in results)
    assert min(seconds for _, seconds in results) > 0.3
    assert taken.wait()[0][0] is None


def test_one_routers_hanging_leaves_another_alone(sandbox: RouterSandbox, connect: Connect) -> None:
    good = connect(sandbox)
    with Peer(silent_after_login) as peer:
        bad = connect(peer, slow_after=SLOW)
        hanging = Crowd(lambda: bad.provisioner.find_user("AB3C9D", HELD), 50)
        results = Crowd(lambda: good.provisioner.find_user("AB3C9D", PATIENCE), 20).wait()
        hanging.wait()
    assert {result for result, _ in results} == {None}
    assert sorted(seconds for _, seconds in results)[10] < HELD * 0.9


def test_turns_are_given_in_the_order_of_arrival() -> None:
    gate = Bulkhead(slots=lambda: 1, slow_after=5, slow_requests=4)
    order: list[int] = []

    def take_a_turn(number: int) -> None:
        with gate.turn(Deadline(5)):
            order.append(number)

    threads = [threading.Thread(target=take_a_turn, args=(n,)) for n in range(20)]
    with gate.turn(Deadline(5)):
        for count, thread in enumerate(threads, 1):
            thread.start()
            while gate.held <= count:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(20))
    assert gate.held == 0


def test_who_follows_a_call_that_timed_out_inherits_its_silence() -> None:
    gate = Bulkhead(slots=lambda: 1, slow_after=0.2, slow_requests=2)
    first_in, release = threading.Event(), threading.Event()

    def give_up() -> None:
        with gate.turn(Deadline(5)) as call:
            first_in.set()
            release.wait()
            call.gave_up = True

    def follow() -> None:
        with gate.turn(Deadline(5)):
            second_in.set()
            done.wait()

    second_in, done = threading.Event(), threading.Event()
    threads = [threading.Thread(target=give_up), threading.Thread(target=follow)]
    threads[0].start()
    first_in.wait()
    threads[1].start()
    threading.Event().wait(0.25)
    release.set()
    second_in.wait()
    waiting = Crowd(lambda: _enter(gate), 5)
    assert sum(isinstance(r, RouterBusy) for r, s in _settled(waiting, done) if s < 1) == 4
    for thread in threads:
        thread.join()


def _enter(gate: Bulkhead) -> None:
    with gate.turn(Deadline(5)):
        pass


def _settled(crowd: Crowd, done: threading.Event) -> list:
    while len(crowd.results) < 4:
        threading.Event().wait(0.005)
    done.set()
    return crowd.wait()


def test_no_turn_is_ever_lost_or_given_twice() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    gate = Bulkhead(slots=lambda: 3, slow_after=0.02, slow_requests=4)
    lock, calling, most = threading.Lock(), 0, 0

    def take_turns() -> None:
        nonlocal calling, most
        for _ in range(15):
            with contextlib.suppress(RouterBusy), gate.turn(Deadline(dice.random() / 50)) as call:
                with lock:
                    calling += 1
                    most = max(most, calling)
                threading.Event().wait(dice.random() / 100)
                call.gave_up = dice.random() < 0.2
                with lock:
                    calling -= 1

    threads = [threading.Thread(target=take_turns) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 3
    assert gate.held == 0
    with gate.turn(Deadline(0.1)):
        assert gate.held == 1


def test_who_shares_out_places_by_itself_lets_all_of_them_ask() -> None:
    shares = FairShares(1)
    shares.allow(3)
    with ExitStack() as held:
        for _ in range(3):
            held.enter_context(shares.place("bully"))
        with pytest.raises(RouterBusy):
            held.enter_context(shares.place("bully"))


def test_an_owner_has_all_places_until_others_come() -> None:
    """Then an even part: who has more is sent away, and nobody else is."""
    shares = FairShares(4)
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(shares.place("bully"))
        with pytest.raises(RouterBusy):
            held.enter_context(shares.place("bully"))
        for _ in range(2):
            held.enter_context(shares.place("good"))
        for owner in ("bully", "good"):
            with pytest.raises(RouterBusy):
                held.enter_context(shares.place(owner))
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(shares.place("good"))
