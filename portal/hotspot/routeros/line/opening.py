"""Stand in for all that wait for one line to be opened."""

from __future__ import annotations

from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import RouterRefused
from portal.hotspot.routeros.errors import Lost
from portal.hotspot.routeros.line.waiter import Caller


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
