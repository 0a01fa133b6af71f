"""Make faults on purpose: what goes wrong, on which calls, before or after they were executed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from portal.sandbox.gateway.http import Json

# Every kind of call that a fault or a latency can be set for.
KINDS = frozenset(
    {
        "open_order",
        "order_with_charge",
        "transaction",
        "charge",
        "frame",
        "look_up",
        "list",
        "cancel",
        "refund",
        "token",
        "webhook",
        "webhook_key",
        "account",
        "event",
        "unknown",
    }
)


class Action(Enum):
    """Name what goes wrong."""

    STATUS = "status"
    REFUSE = "refuse"
    HANG = "hang"
    CUT = "cut"
    TRUNCATE = "truncate"
    GARBAGE = "garbage"
    DRIBBLE = "dribble"


@dataclass
class Fault:
    """Hold one thing that goes wrong.

    `kinds` empty means every call. `executed` says whether the call takes effect before it
    goes wrong; `TRUNCATE` and `DRIBBLE` spoil an answer, so with them it always does. `times`
    is how many calls it strikes, None for all. `status` goes with `STATUS`, and along
    with it `error`, a body in the gateway's own shape, with `REFUSE`. `seconds` is how
    long a `HANG` lasts before the line is cut (None: until the client leaves or the faults
    are cleared), and the pause between two bytes of a `DRIBBLE`.
    """

    action: Action
    kinds: frozenset[str] = frozenset()
    executed: bool = False
    times: int | None = 1
    status: int = 500
    seconds: float | None = None
    error: Json | None = None

    def __post_init__(self) -> None:
        if self.action in (Action.TRUNCATE, Action.DRIBBLE):
            self.executed = True
        if (self.action is Action.REFUSE) != (self.error is not None):
            raise ValueError("a refusal, and nothing else, goes with an error")
        unknown = self.kinds - KINDS
        if unknown:
            raise ValueError(f"no such kind of call: {', '.join(sorted(unknown))}")

    def strikes(self, kind: str, executed: bool) -> bool:
        """Tell whether it is meant for this call at this moment."""
        meant = not self.kinds or kind in self.kinds
        return meant and self.executed == executed and self.times != 0


class Faults:
    """Keep the faults that wait for their calls, first come first struck."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._cleared = asyncio.Event()

    def add(self, fault: Fault) -> None:
        """Let it strike from now on."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all faults; calls that hang are let go by cutting their lines."""
        self._waiting.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    def take(self, kind: str, executed: bool) -> Fault | None:
        """Give the fault that strikes this call, counted off."""
        for fault in self._waiting:
            if fault.strikes(kind, executed):
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def waiting(self) -> Iterable[Fault]:
        """Give those that may still strike."""
        return [fault for fault in self._waiting if fault.times != 0]

    async def hang(self, gone: asyncio.Event, seconds: float | None) -> None:
        """Return once the client left, the faults were cleared or the seconds are over."""
        waits = [asyncio.create_task(event.wait()) for event in (gone, self._cleared)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
