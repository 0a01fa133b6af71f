"""Wait for the answer to one command, whichever thread reads it."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Protocol

from portal.hotspot.deadline import Deadline
from portal.hotspot.routeros.commands import Intake, pairs
from portal.hotspot.routeros.errors import Lost, TooMuch, Trap
from portal.hotspot.routeros.line.sentences import Sentence
from portal.hotspot.routeros.values import Row, from_wire


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


@dataclass(frozen=True)
class CommandResult:
    """Hold the rows of a reply, all values as text, and what `!done` brought (the id of an add).

    `sent_at` and `answered_at` are moments of the monotonic clock; `beside` counts the commands
    that were open when this one was sent, itself included.
    """

    rows: list[Row]
    done: Row
    sent_at: float = 0.0
    answered_at: float = 0.0
    beside: int = 1


class Waiter:
    """Stand for a command that is open, from before it is sent. The line's lock guards it.

    `sent`: whether all of it was handed over. `awaits`: whether its thread has nothing to do but
    wait, so that it may be woken to read for all. `by_tag`: whether what came so far had its tag.
    """

    __slots__ = (
        "_done",
        "_error",
        "_intake",
        "_left",
        "answered_at",
        "awaits",
        "beside",
        "by_tag",
        "caller",
        "number",
        "over",
        "sent",
        "sent_at",
        "wake",
    )

    def __init__(self, number: int, intake: Intake, caller: Caller) -> None:
        self.number = number
        self.caller = caller
        self.wake = Lock()
        self.wake.acquire()
        self.sent = self.awaits = self.over = False
        self.by_tag: bool | None = None
        self.sent_at = self.answered_at = 0.0
        self.beside = 1
        self._intake = intake
        self._left = intake.bounds.received
        self._done: Sentence = []
        self._error: BaseException | None = None

    @property
    def allowance(self) -> int:
        """Give the bytes that may still come."""
        return self._left

    def take(self, sentence: Sentence, size: int) -> bool:
        """Take in a sentence of the reply; true where it was the last. Raises TooMuch."""
        self._left -= size
        if self._left < 0:
            raise TooMuch
        kind = sentence[0]
        if kind == b"!re":
            self._intake.take([from_wire(word) for word in sentence[1:]])
        elif kind == b"!done":
            self._done = sentence
            return True
        elif kind == b"!trap":
            self._intake.take_trap([from_wire(word) for word in sentence[1:]])
        else:
            self._intake.take_noise()
        return False

    def end(self, error: BaseException | None = None) -> None:
        """Wake who waits: the reply is whole, or will not come."""
        self._error = None if error is None else error.with_traceback(None)
        self.answered_at = monotonic()
        self.over = True
        self.rouse()

    def rouse(self) -> None:
        """Let its thread look again. Only under the line's lock, or it might be done twice."""
        if self.wake.locked():
            self.wake.release()

    def result(self) -> CommandResult:
        """Give the reply. Raises Trap, Lost, and what went wrong when a row was looked at."""
        # Kept here, an error's traceback would keep this, and all rows with it.
        error, self._error = self._error, None
        if isinstance(error, Lost):
            raise Lost(error.advice, sent=self.sent, silent=error.silent)
        if error is not None:
            raise error
        if self._intake.traps:
            raise Trap("\n".join(self._intake.traps))
        done = pairs([from_wire(word) for word in self._done])
        return CommandResult(self._intake.rows, done, self.sent_at, self.answered_at, self.beside)
