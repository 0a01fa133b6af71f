"""Know who asks: one command's thread, or all that wait for one line to be opened."""

from __future__ import annotations

from typing import Protocol

from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterRefused
from portal.hotspot.routeros.errors import Lost


class Caller(Protocol):
    """Describe who asks: it is told of each sign of life, and knows how long to wait for one."""

    def heard(self) -> None:
        """Begin the wait anew."""

    def answered(self) -> None:
        """Learn that the whole reply is there, before the thread that waits for it is awake."""

    def patience(self, deadline: Deadline) -> float:
        """Give the seconds until it is time to ask this again. Raises TimeoutError, OneTooMany."""


class Alone(Caller):
    """Wait until the deadline, whoever else does."""

    def heard(self) -> None:
        pass

    def answered(self) -> None:
        pass

    def patience(self, deadline: Deadline) -> float:
        return deadline.socket_timeout()


class Opening(Caller):
    """Stand for all that wait until a line is open: each sign of life is one to all of them.

    `error` is what it came to, where the same would become of whoever tried next.
    """

    def __init__(self, caller: Caller) -> None:
        self.callers = [caller]
        self.error: Lost | RouterRefused | None = None

    def heard(self) -> None:
        for caller in list(self.callers):
            caller.heard()

    def answered(self) -> None:
        """Do nothing yet: the answer to a login is not the one they wait for."""

    def patience(self, deadline: Deadline) -> float:
        return deadline.socket_timeout()


def again(error: Lost | RouterRefused) -> Lost | RouterRefused:
    """Give the same error for another thread to raise."""
    if isinstance(error, Lost):
        return Lost(error.advice, sent=False)
    return type(error)(error.advice, executed=False)
