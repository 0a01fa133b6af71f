"""Count tries at secrets where every process sees them, and make them cost waits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from portal.access.guess_limits import HOUR
from portal.core.database import writing
from portal.core.errors import TooManyRequests
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.rows.inserting import insert_new
from portal.models import LoginFailure, WrongCode, utc_now
from portal.ports import settings

# Who stands for all devices of a router: for what they may get wrong, and for whose turn it is.
BUDGET, TURN = "*", "*turn"
STORM_WAIT, STORM_LONGEST = 60.0, 900.0
LONGEST_MEMORY = timedelta(days=1)
WAIT = "Demasiados códigos incorrectos. Espere un momento e intente de nuevo."


@dataclass(frozen=True)
class AttemptLimit:
    """Say how tries of one kind are counted.

    `wait_after` says how many seconds so many failures in a row cost, and `memory` how long
    the last of them counts, LONGEST_MEMORY at most; `sentence` is what who waits is told. `who`
    tries is a device, or an address.
    """

    kind: str
    memory: timedelta
    wait_after: Callable[[int], float]
    sentence: str

    def refuse_while_waiting(self, session: Session, router_id: str, who: str) -> None:
        """Raise TooManyRequests while they have to wait."""
        if waits := self.waits(session, router_id, who):
            raise waits

    def waits(self, session: Session, router_id: str, who: str) -> TooManyRequests | None:
        """Give what to raise while they have to wait."""
        locked = WrongCode.locked_until > from_now()
        row = session.scalar(select(WrongCode).where(*self._row(router_id, who), locked))
        return self._wait(row) if row is not None else None

    def count(self, router_id: str, who: str, *, is_own: bool = False) -> bool:
        """Count a try before it is looked at, so that those sent side by side count like others.

        Tell whether codes are being guessed on the router: each wrong try makes one wait then,
        unless it `is_own` access that is tried. Raises TooManyRequests while they have to wait;
        that try is not counted.
        """
        with writing() as session:
            waits = WrongCode.locked_until > from_now()
            stale = WrongCode.last_at <= from_now(-self.memory.total_seconds())
            more = (waits, stale, self._is_storm(router_id))
            row, is_waiting, is_stale, is_storm = self._locked(session, router_id, who, *more)
            if is_waiting:
                raise self._wait(row)
            row.failures = 1 if is_stale else row.failures + 1
            row.last_at = from_now()
            wait = self.wait_after(row.failures)
            if is_storm and not is_own:
                wait = max(wait, _from_the_first(row.failures))
            # Not now: who tries beside, by a clock read before, would find it in the future.
            row.locked_until = from_now(wait) if wait else None
            return bool(is_storm)

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

    def row_of_all(self, session: Session, router_id: str) -> tuple[WrongCode, datetime]:
        """Give the row of the whole router's budget, locked, and the database's time."""
        row, now = self._locked(session, router_id, BUDGET, from_now().label("now"))
        return row, now

    def take_turn(
        self, session: Session, router_id: str, apart: float, longest: float, sentence: str
    ) -> float:
        """Take the router's next turn, `apart` seconds after the last; give the seconds until then.

        Raises TooManyRequests, and takes none, where it comes later than in `longest` seconds.
        """
        row, now = self._locked(session, router_id, TURN, from_now().label("now"))
        free_at = max(row.locked_until or now, now)
        wait: float = (free_at - now).total_seconds()
        if wait > longest:
            raise TooManyRequests(math.ceil(wait), sentence)
        row.locked_until, row.last_at = free_at + timedelta(seconds=apart), now
        return wait

    def _locked(self, session: Session, router_id: str, who: str, *more: Any) -> Any:
        """Lock their row, begun where there is none, and give it with `more` columns."""
        query = select(WrongCode, *more).where(*self._row(router_id, who)).with_for_update()
        while True:
            self._begin(session, router_id, who)
            # A good try of theirs may delete it between the two.
            if (found := session.execute(query).first()) is not None:
                return found

    def _is_storm(self, router_id: str) -> ColumnElement[bool]:
        """Tell whether the router's budget is used up."""
        everybody = aliased(WrongCode)
        return exists().where(
            everybody.router_id == router_id,
            everybody.device == BUDGET,
            everybody.kind == self.kind,
            everybody.locked_until > from_now(HOUR.total_seconds()),
        )

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
    """Give the seconds to wait: none for the first codes, then doubling up to the longest."""
    limits = settings()
    beyond = failures - limits.code_tries
    if beyond < 0:
        return 0.0
    return min(limits.code_wait_first * 2.0 ** min(beyond, 30), limits.code_wait_longest)


def _from_the_first(failures: int) -> float:
    return min(STORM_WAIT * 2.0 ** min(failures - 1, 30), STORM_LONGEST)


CODES = AttemptLimit("code", LONGEST_MEMORY, _growing, WAIT)
# Counted for the code that is tried, whoever tries it.
TRIED_CODES = AttemptLimit("tried_code", LONGEST_MEMORY, _from_the_first, WAIT)


def forget_old_attempts() -> int:
    """Delete what can make nobody wait any more; give how many rows."""
    deleted = 0
    with writing() as session:
        for record in (WrongCode, LoginFailure):
            over = or_(record.locked_until.is_(None), record.locked_until < from_now())
            stale = record.last_at < from_now(-LONGEST_MEMORY.total_seconds())
            result = session.execute(delete(record).where(stale, over))
            deleted += int(getattr(result, "rowcount", 0))
    log().info("old tries forgotten", rows=deleted)
    return deleted
