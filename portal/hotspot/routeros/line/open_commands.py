"""Hold the commands that are open on a line, and know to which each sentence that comes belongs.

Each waits for its answer, whichever thread reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from threading import Lock
from time import monotonic

from portal.hotspot.routeros.commands import FEW, Intake, pairs
from portal.hotspot.routeros.errors import Lost, TooMuch, Trap
from portal.hotspot.routeros.line.callers import Caller
from portal.hotspot.routeros.line.wire import Sentence, tag_of
from portal.hotspot.routeros.values import Row, from_wire

_MOST_STRAYS = 100


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


class Unwanted:
    """Stand for a command that nobody waits for any more: what still comes of it is dropped.

    `number` is its own, `since` when it was given up, `left` the bytes that may still come.
    """

    __slots__ = ("_left", "number", "since")

    def __init__(self, number: int, left: int) -> None:
        self.number = number
        self.since = monotonic()
        self._left = left

    def take(self, sentence: Sentence, size: int) -> bool:
        """Pass over a sentence; true where it was the last. Raises TooMuch."""
        self._left -= size
        if self._left < 0:
            raise TooMuch
        return sentence[0] == b"!done"


class _Strays(Unwanted):
    """Stand for what was never asked for."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        super().__init__(0, FEW.received)
        self._count = 0

    def take(self, sentence: Sentence, size: int) -> bool:
        self._count += 1
        if self._count > _MOST_STRAYS:
            raise TooMuch
        super().take(sentence, size)
        return False


class OpenCommands:
    """Hold the commands that are open on one line. Whoever uses it holds the line's lock.

    `tagged`: whether the router gives each sentence the tag of its command; None until its first
    answer, which one command alone waits for. Without tags one command is open at a time, and all
    that comes is its. `mistagged`: it gave tags at first and then an answer without its own.
    """

    def __init__(self, tagged: bool | None) -> None:
        self.tagged = tagged
        self.mistagged = False
        self._numbers = count(1)
        self._open: dict[bytes, Waiter] = {}
        self._unwanted: dict[bytes, Unwanted] = {}
        self._strays = _Strays()

    def __len__(self) -> int:
        return len(self._open)

    @property
    def waiters(self) -> Iterable[Waiter]:
        """Give who waits, first come, first named."""
        return self._open.values()

    def next_number(self) -> int:
        """Give a number that no command on this line has had."""
        return next(self._numbers)

    def add(self, waiter: Waiter) -> None:
        """Have its answer expected. It must not be sent before."""
        self._open[_tag(waiter.number)] = waiter
        waiter.beside = len(self._open)

    def words(self, sentence: Iterable[str], number: int) -> list[str]:
        """Give the words to send for the command of this number."""
        return [*sentence] if self.tagged is False else [*sentence, f".tag={number}"]

    def close(self, number: int) -> None:
        """Expect no more of a command."""
        tag = _tag(number)
        self._open.pop(tag, None)
        self._unwanted.pop(tag, None)

    def drop(self, waiter: Waiter) -> int | None:
        """Drop what still comes of a command; the number for its `/cancel`, None without tags."""
        self.close(waiter.number)
        if not self.tagged:
            return None
        self._expect_nothing(waiter.number, waiter.allowance)
        number = self.next_number()
        self._expect_nothing(number, FEW.received)
        return number

    def overdue_since(self) -> float | None:
        """Give since when an answer that nobody waits for has been missing."""
        if not self._unwanted:
            return None
        return next((late.since for late in list(self._unwanted.values())), None)

    def owner(self, sentence: Sentence) -> Waiter | Unwanted:
        """Give the command that a sentence belongs to; ConnectionAbortedError: nobody knows."""
        if self.tagged is False:
            return self._only()
        tag = tag_of(sentence) or b""
        waiter = self._open.get(tag)
        if waiter is None:
            return self._unwanted.get(tag) or self._owner_of_stray(sentence)
        if waiter.by_tag is False:
            raise ConnectionAbortedError("rows of which nobody knows whose they are")
        self.tagged = waiter.by_tag = True
        return waiter

    def _owner_of_stray(self, sentence: Sentence) -> Waiter | Unwanted:
        """Learn from a whole answer without its tag; rows alone may just be noise.

        Where one command alone is open it is its, so that nothing has to be asked twice.
        """
        if sentence[0] == b"!done":
            self.mistagged = self.tagged is True
            self.tagged = False
            return self._only()
        if len(self._open) != 1 or self._unwanted:
            return self._strays
        waiter = self._only()
        if waiter.by_tag:
            return self._strays
        waiter.by_tag = False
        return waiter

    def _only(self) -> Waiter:
        if len(self._open) != 1 or self._unwanted:
            raise ConnectionAbortedError("an answer that may be anybody's")
        [waiter] = self._open.values()
        return waiter

    def _expect_nothing(self, number: int, left: int) -> None:
        self._unwanted[_tag(number)] = Unwanted(number, left)


def _tag(number: int) -> bytes:
    return b"%d" % number
