"""Fail on demand: what the router does wrong, to which commands, how often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

# A row whose second word is no property, then bytes that begin no word.
GARBAGE = b"\x03!re\x05=oops\x00" + b"\xfa" * 8


class FaultKind(StrEnum):
    """`DELAY`, `HANG_AFTER`, `CUT_AFTER`, `DRIBBLE`, `SCATTER` and `GARBAGE` strike after it ran.

    So do `DROP_TAG` and `MANGLE_TAG`, whose reply carries no tag or a wrong one. `IGNORE_CANCEL`
    leaves a `/cancel` without effect or answer.

    `HANG`, `CUT_BEFORE`, `TRAP`, `FATAL` and `REFUSE_LOGIN` come instead of running it.
    `TOO_MANY_SESSIONS` closes a new connection without a word.
    """

    DELAY = "delay"
    HANG = "hang"
    HANG_AFTER = "hang_after"
    DRIBBLE = "dribble"
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    TRAP = "trap"
    FATAL = "fatal"
    GARBAGE = "garbage"
    REFUSE_LOGIN = "refuse_login"
    TOO_MANY_SESSIONS = "too_many_sessions"
    SCATTER = "scatter"
    DROP_TAG = "drop_tag"
    MANGLE_TAG = "mangle_tag"
    IGNORE_CANCEL = "ignore_cancel"


_NO_COMMANDS = (FaultKind.TOO_MANY_SESSIONS, FaultKind.IGNORE_CANCEL)


@dataclass
class Fault:
    """Hold one failure. `command` is a command or a menu, None all; `times` None is for good.

    The first `skip` commands that match are spared. `milliseconds` are a reply's delay, the
    time between two bytes of a dribble, or the time over which a reply is scattered.
    """

    kind: FaultKind
    command: str | None = None
    times: int | None = 1
    milliseconds: float = 0
    message: str = ""
    payload: bytes = GARBAGE
    skip: int = 0

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError("a failure happens at least once")
        if self.kind is FaultKind.REFUSE_LOGIN:
            self.command = "/login"

    def strikes(self, path: str) -> bool:
        """Tell whether this command is meant."""
        return self.command is None or path == self.command or path.startswith(self.command + "/")


class Faults:
    """Keep the failures that are set. Thread-safe: tests set them while the router serves."""

    def __init__(self) -> None:
        self._set: list[Fault] = []
        self._chance = Random(0)  # noqa: S311
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Set one more failure."""
        with self._lock:
            self._set.append(fault)

    def clear(self) -> None:
        """Work properly again; what hangs goes on hanging until its connection ends."""
        with self._lock:
            self._set.clear()

    def pending(self) -> list[Fault]:
        """Give the failures that have not run out."""
        with self._lock:
            return list(self._set)

    def take(self, path: str) -> list[Fault]:
        """Give the failures that this command meets; each is used up by one."""
        if not self._set:
            return []
        return self._take(lambda fault: fault.kind not in _NO_COMMANDS and fault.strikes(path))

    def take_connection(self) -> bool:
        """Tell whether a new connection is refused."""
        return bool(self._take(lambda fault: fault.kind is FaultKind.TOO_MANY_SESSIONS))

    def take_cancel(self) -> bool:
        """Tell whether a `/cancel` is passed over."""
        return bool(self._take(lambda fault: fault.kind is FaultKind.IGNORE_CANCEL))

    def draw(self, count: int, seconds: float) -> list[float]:
        """So many moments within so many seconds, by lot, in their order."""
        return sorted(self._chance.uniform(0, seconds) for _ in range(count))

    def delay(self, milliseconds: float, command: str | None = None, times: int | None = 1) -> None:
        """Run the command at once and reply later."""
        self.add(Fault(FaultKind.DELAY, command, times, milliseconds))

    def hang(
        self, command: str | None = None, times: int | None = 1, *, executed: bool = False
    ) -> None:
        """Never reply; `executed` says whether the command is run."""
        kind = FaultKind.HANG_AFTER if executed else FaultKind.HANG
        self.add(Fault(kind, command, times))

    def dribble(
        self, milliseconds: float, command: str | None = None, times: int | None = 1
    ) -> None:
        """Reply one byte at a time."""
        self.add(Fault(FaultKind.DRIBBLE, command, times, milliseconds))

    def cut_before(self, command: str | None = None, times: int | None = 1) -> None:
        """Drop the connection without running the command."""
        self.add(Fault(FaultKind.CUT_BEFORE, command, times))

    def cut_after(self, command: str | None = None, times: int | None = 1) -> None:
        """Run the command, then drop the connection without a reply."""
        self.add(Fault(FaultKind.CUT_AFTER, command, times))

    def trap(self, message: str, command: str | None = None, times: int | None = 1) -> None:
        """Answer with this trap instead of running the command."""
        self.add(Fault(FaultKind.TRAP, command, times, message=message))

    def fatal(self, message: str, command: str | None = None, times: int | None = 1) -> None:
        """Answer `!fatal` and close."""
        self.add(Fault(FaultKind.FATAL, command, times, message=message))

    def refuse_login(self, times: int | None = 1) -> None:
        """Refuse the API user, whatever the password."""
        self.add(Fault(FaultKind.REFUSE_LOGIN, times=times))

    def garbage(
        self, command: str | None = None, times: int | None = 1, payload: bytes = GARBAGE
    ) -> None:
        """Run the command and answer with bytes that are no reply."""
        self.add(Fault(FaultKind.GARBAGE, command, times, payload=payload))

    def too_many_sessions(self, times: int | None = 1) -> None:
        """Refuse new connections as if `max-sessions` were reached."""
        self.add(Fault(FaultKind.TOO_MANY_SESSIONS, times=times))

    def scatter(
        self, milliseconds: float, command: str | None = None, times: int | None = 1
    ) -> None:
        """Send a reply's sentences by and by, so that replies overtake each other and mix."""
        self.add(Fault(FaultKind.SCATTER, command, times, milliseconds))

    def drop_tag(self, command: str | None = None, times: int | None = 1) -> None:
        """Reply without the command's tag."""
        self.add(Fault(FaultKind.DROP_TAG, command, times))

    def mangle_tag(self, command: str | None = None, times: int | None = 1) -> None:
        """Reply with a tag that no command has."""
        self.add(Fault(FaultKind.MANGLE_TAG, command, times))

    def ignore_cancel(self, times: int | None = 1) -> None:
        """Pass over a `/cancel`, and go on with what it was to end."""
        self.add(Fault(FaultKind.IGNORE_CANCEL, times=times))

    def _take(self, wanted: Callable[[Fault], bool]) -> list[Fault]:
        with self._lock:
            met = [fault for fault in self._set if wanted(fault) and not _spared(fault)]
            for fault in met:
                if fault.times is not None:
                    fault.times -= 1
            self._set = [fault for fault in self._set if fault.times != 0]
            return met


def _spared(fault: Fault) -> bool:
    spared = fault.skip > 0
    fault.skip -= spared
    return spared
