"""Tries at secrets, counted where every process sees them, and the waits that they cost."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from portal.database import insert_new, writing
from portal.errors import TooManyRequests
from portal.logs import log
from portal.models import WrongCode, utc_now
from portal.models.clock import from_now
from portal.ports import settings

LONGEST_MEMORY = timedelta(days=1)
WAIT = "Demasiados códigos incorrectos. Espere un momento e intente de nuevo."


@dataclass(frozen=True)
class Tries:
    """How tries of one kind are counted.

    `wait_after` says how many seconds so many failures in a row cost, and `memory` how long
    the last of them counts, LONGEST_MEMORY at most; `sentence` is what who waits is told. `who`
    tries is a device, or an address.
    """

    kind: str
    memory: timedelta
    wait_after: Callable[[int], float]
    sentence: str

    def refuse_while_waiting(self, session: Session, router_id: str, who: str) -> None:
        """Raises TooManyRequests while they have to wait."""
        locked = WrongCode.locked_until > from_now()
        waiting = session.scalar(select(WrongCode).where(*self._row(router_id, who), locked))
        if waiting is not None:
            raise self._wait(waiting)

    def count(self, router_id: str, who: str) -> None:
        """Count a try before it is looked at, so that those sent side by side count like others.

        Raises TooManyRequests while they have to wait; that try is not counted.
        """
        with writing() as session:
            self._begin(session, router_id, who)
            waits = WrongCode.locked_until > from_now()
            stale = WrongCode.last_at <= from_now(-self.memory.total_seconds())
            query = select(WrongCode, waits, stale).where(*self._row(router_id, who))
            row, is_waiting, is_stale = session.execute(query.with_for_update()).one()
            if is_waiting:
                raise self._wait(row)
            row.failures = 1 if is_stale else row.failures + 1
            row.last_at = from_now()
            row.locked_until = from_now(self.wait_after(row.failures))

    def take_back(self, session: Session, router_id: str, who: str) -> None:
        """Count the last try no more: it was a good one.

        Wrong ones before it stay, else one good code would buy endless tries at others.
        """
        row = self._row(router_id, who)
        session.execute(delete(WrongCode).where(*row, WrongCode.failures <= 1))
        fewer = {"failures": WrongCode.failures - 1, "locked_until": None}
        session.execute(update(WrongCode).where(*row).values(fewer))

    def forget(self, session: Session, router_id: str, who: str) -> None:
        """Count none of their tries any more."""
        session.execute(delete(WrongCode).where(*self._row(router_id, who)))

    def _begin(self, session: Session, router_id: str, who: str) -> None:
        values = {"router_id": router_id, "device": who, "kind": self.kind, "failures": 0}
        insert_new(session, WrongCode, values)

    def _wait(self, row: WrongCode) -> TooManyRequests:
        left = row.locked_until - utc_now() if row.locked_until else timedelta()
        return TooManyRequests(max(1, math.ceil(left.total_seconds())), self.sentence)

    def _row(self, router_id: str, who: str) -> tuple[ColumnElement[bool], ...]:
        return (
            WrongCode.router_id == router_id,
            WrongCode.device == who,
            WrongCode.kind == self.kind,
        )


def _growing(failures: int) -> float:
    """None for the first codes, then doubling up to the longest."""
    limits = settings()
    beyond = failures - limits.code_tries
    if beyond < 0:
        return 0.0
    return min(limits.code_wait_first * 2.0 ** min(beyond, 30), limits.code_wait_longest)


CODES = Tries("code", LONGEST_MEMORY, _growing, WAIT)


def forget_old_tries() -> int:
    """Delete what can make nobody wait any more; how many rows."""
    over = or_(WrongCode.locked_until.is_(None), WrongCode.locked_until < from_now())
    stale = WrongCode.last_at < from_now(-LONGEST_MEMORY.total_seconds())
    with writing() as session:
        result = session.execute(delete(WrongCode).where(stale, over))
    deleted = int(getattr(result, "rowcount", 0))
    log().info("old tries forgotten", rows=deleted)
    return deleted
