"""Test that two things are done side by side, and that threads are kept without anybody waiting."""

from __future__ import annotations

import contextvars
import os
import threading

import pytest

from portal.core.concurrency import HELPER, dismiss_idle_threads, run_concurrently
from tests.support.patience import PATIENCE

said: contextvars.ContextVar[str] = contextvars.ContextVar("said", default="nothing")


def helpers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == HELPER]


@pytest.fixture(autouse=True)
def nobody_idle() -> None:
    dismiss_idle_threads()
    for thread in helpers():
        thread.join(PATIENCE)
    assert not helpers()


def test_a_thread_is_used_again() -> None:
    first = {run_concurrently(threading.current_thread, lambda: None)[0] for _ in range(20)}
    assert len(first) == 1
    assert first == set(helpers())


def test_nobody_waits_for_a_thread_that_hangs() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hang() -> bool:
        begun.set()
        return go_on.wait(PATIENCE)

    hanging = threading.Thread(target=lambda: run_concurrently(hang, lambda: None))
    hanging.start()
    assert begun.wait(PATIENCE)
    for _ in range(3):
        assert run_concurrently(lambda: "a", lambda: "b") == ("a", "b")
    assert len(helpers()) == 2
    go_on.set()
    hanging.join(PATIENCE)


def test_each_sees_the_context_of_who_asks() -> None:
    for word in ("one", "two"):
        token = said.set(word)
        assert run_concurrently(said.get, said.get) == (word, word)
        said.reset(token)
    assert run_concurrently(said.get, lambda: None)[0] == "nothing"


def test_what_either_raises_is_raised_once_both_have_ended() -> None:
    ended = threading.Event()

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_concurrently(ended.set, fail)
    assert ended.is_set()
    ended.clear()
    with pytest.raises(ZeroDivisionError):
        run_concurrently(fail, ended.set)
    assert ended.is_set()
    assert run_concurrently(lambda: 1, lambda: 2) == (1, 2)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_process_that_is_forked_off_has_threads_of_its_own() -> None:
    run_concurrently(lambda: 1, lambda: 2)
    child = os.fork()
    if child == 0:
        os._exit(0 if run_concurrently(lambda: 1, lambda: 2) == (1, 2) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
