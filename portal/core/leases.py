"""Lease rows to one worker at a time. Any number of workers may claim at the same moment."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Select,
    String,
    all_,
    and_,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from portal.core.database import execute_alone, server, writing
from portal.core.records import from_now, utc_now
from portal.core.rows.prepared import execute_at_once

NOBODY: frozenset[str] = frozenset()
# Longer than passes between a claim and the question after what is due next.
LATELY = 1.0
PASSED_OVER: ColumnElement[Any] = bindparam("passed_over", [], ARRAY(String))


class LostRace(Exception):
    """Say that somebody else has changed this row meanwhile: re-read it and answer from it."""


@dataclass(frozen=True)
class Claim:
    """Hold a record that is this worker's own for as long as the lease lasts.

    `also` is what the claim read of its row besides.
    """

    id: Any
    lease: str
    company_id: str | None = None
    also: tuple[Any, ...] = ()


def is_free(record: Any) -> ColumnElement[bool]:
    """Tell whether nobody works on the record: a lease whose holder died counts to its end."""
    return or_(record.lease.is_(None), record.lease_until < from_now())


class DueRows:
    """Lease the rows of one kind that are due, by statements that are built once.

    A worker asks several times a second, and to build a statement takes longer than to run it.
    `ready` says which rows of the record count; what else a claim is to hold of its row stands
    in `also`.
    """

    def __init__(self, record: Any, ready: Any, also: Sequence[Any] = ()) -> None:
        self.record, self._ready, self._also = record, ready, also

    def claim(
        self, seconds: float, *, due_since: float = 0.0, but: Collection[str] = NOBODY
    ) -> Claim | None:
        """Lease the row that has been due the longest, for so many seconds."""
        found = self.claim_some(1, seconds, due_since=due_since, but=but)
        return found[0] if found else None

    def claim_some(
        self, most: int, seconds: float, *, due_since: float = 0.0, but: Collection[str] = NOBODY
    ) -> list[Claim]:
        """Lease the rows that have been due the longest, for so many seconds.

        `due_since` says for how many seconds they must have been due, `but` whose companies' rows
        are passed over.
        """
        lease = secrets.token_hex(8)
        sent: dict[str, Any] = {"new_lease": lease, "lease_for": float(seconds)}
        sent |= {"since": -due_since, "most": most}
        if but:
            sent["passed_over"] = sorted(but)
        rows = execute_at_once(self._claiming(others=bool(but)), sent)
        return [Claim(row.id, lease, row.company_id, tuple(row[2:])) for row in rows]

    def next_due(self) -> Select[Any]:
        """Select when the next row will be due that is not due yet, by an index as well.

        One that came to be due since a claim found none counts, too.
        """
        at = self.record.next_attempt_at
        coming = select(at).where(self._ready, at > from_now(-LATELY), _is_coming(self.record))
        return coming.order_by(at).limit(1)

    def _claiming(self, *, others: bool) -> Executable:
        if not others:
            return self._of_all
        return self._of_others_embedded if server() is None else self._of_others

    @cached_property
    def _of_all(self) -> Executable:
        return self._statement(self._longest_due())

    @cached_property
    def _of_others(self) -> Executable:
        return self._of_companies(self.record.company_id != all_(PASSED_OVER))

    @cached_property
    def _of_others_embedded(self) -> Executable:
        """SQLite knows no arrays."""
        some: ColumnElement[Any] = bindparam("passed_over", expanding=True)
        return self._of_companies(self.record.company_id.not_in(some))

    def _of_companies(self, others: ColumnElement[bool]) -> Executable:
        nobodys = self.record.company_id.is_(None)
        return self._statement(self._longest_due().where(or_(nobodys, others)))

    def _longest_due(self) -> Select[Any]:
        """Select them; what another worker claims at this moment is passed over, not waited for."""
        record = self.record
        query = select(record.id).where(
            self._ready, record.next_attempt_at <= from_now(name="since"), is_free(record)
        )
        ordered = query.order_by(record.next_attempt_at).limit(bindparam("most", 1, Integer))
        return ordered.with_for_update(skip_locked=True)

    def _statement(self, due: Select[Any]) -> Executable:
        # Not IN: where the statistics say that the table holds one row, PostgreSQL 18.4 runs the
        # subquery again for every row of it, and leases them all. What is materialized runs once.
        found = due.correlate(None).cte("due").prefix_with("MATERIALIZED", dialect="postgresql")
        return _leasing(self.record, self.record.id == found.c.id, self._also)


def _is_coming(record: Any) -> ColumnElement[bool]:
    return or_(record.next_attempt_at > from_now(), is_free(record))


def claim_one(record: Any, record_id: str, seconds: float) -> Claim | None:
    """Lease this row, due or not; None while somebody else holds it."""
    return _lease(_one_free(record), seconds, record_id=record_id)


@cache
def _one_free(record: Any) -> Executable:
    return _leasing(record, (record.id == bindparam("record_id")) & is_free(record))


def hold(session: Session, record: Any, row: Any, seconds: float) -> bool:
    """Lease a row that was read before; False while somebody else holds it."""
    lease = secrets.token_hex(8)
    free = (record.id == row.id) & is_free(record)
    if not _change(session, record, free, lease=lease, lease_until=from_now(seconds)):
        return False
    row.lease = lease
    return True


def release(record: Any, row: Any) -> bool:
    """Give a row's lease back; False where somebody else has taken it over meanwhile."""
    if row.lease is None:
        return True
    with writing() as session:
        was_ours = _change(session, record, _is_ours(record, row), lease=None)
    row.lease = None
    return was_ours


def put_off(record: Any, row: Any, seconds: float) -> None:
    """Let go of a row that could not be worked on; where it is due sooner, it waits so long.

    Without the wait a worker would take it again at once, and again.
    """
    if row.lease is None:
        return
    later, values = from_now(seconds), {"lease": None, "attempts": record.attempts + 1}
    is_due = _is_ours(record, row) & (record.next_attempt_at < later)
    with writing() as session:
        _change(session, record, is_due, **values, next_attempt_at=later)
    release(record, row)


def is_held(row: Any) -> bool:
    """Tell of a row as it was read whether somebody works on it."""
    return row.lease is not None and (row.lease_until is None or row.lease_until > utc_now())


def _is_ours(record: Any, row: Any) -> ColumnElement[bool]:
    return and_(record.id == row.id, record.lease == row.lease)


def _change(session: Session, record: Any, which: ColumnElement[bool], **values: Any) -> bool:
    statement = update(record).where(which).values(**values)
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return bool(result.rowcount)


def _leasing(record: Any, which: ColumnElement[bool], also: Sequence[Any] = ()) -> Executable:
    return (
        update(record)
        .where(which)
        .values(lease=bindparam("new_lease", ""), lease_until=from_now(name="lease_for"))
        .returning(record.id, record.company_id, *also)
        .execution_options(synchronize_session=False)
    )


def _lease(statement: Executable, seconds: float, **values: Any) -> Claim | None:
    lease = secrets.token_hex(8)
    sent = {"new_lease": lease, "lease_for": float(seconds)} | values
    for found in execute_alone(statement, sent):
        return Claim(found.id, lease, found.company_id)
    return None
