"""Count who uses a line, and tell whether one more may."""

from __future__ import annotations

from time import monotonic

from portal.hotspot.routeros.commands import Invocation
from portal.hotspot.routeros.line.line import Line


class SharedLine:
    """Count who uses a line. The pool's lock guards it.

    `long` are the long answers among its open commands; `answered`: whether any command was;
    `retired`: it takes no more commands, and ends with those that it has; `listened_to`: somebody
    waits for a sign of life there, so that nobody else may read.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self.users = self.long = 0
        self.idle_since = monotonic()
        self.answered = self.retired = self.listened_to = False

    def begin(self, order: Invocation) -> None:
        """Count one more user."""
        self.users += 1
        self.long += order.is_long

    def finish(self, order: Invocation) -> None:
        """Count one less."""
        self.users -= 1
        self.long -= order.is_long
        self.idle_since = monotonic()

    def refresh(self, idle_seconds: float, patience: float) -> None:
        """Take in what came unasked, and hang up what is of no use any more."""
        if not self.users:
            self.line.look()
        self.retired |= self.line.owes() > patience
        if not self.users and (self.retired or self.is_old(idle_seconds)):
            self.line.close()

    def is_old(self, idle_seconds: float) -> bool:
        """Tell whether nobody has used it for so long."""
        return not self.users and monotonic() - self.idle_since >= idle_seconds

    def is_free(self) -> bool:
        """Tell whether one more command may be sent."""
        is_open = not (self.retired or self.listened_to)
        return is_open and (self.line.tagged or not self.users)
