"""Store what a round has found of a router's accesses: one statement, however many there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Executable,
    Float,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from portal.access.blocked import tell_of_change
from portal.access.rounds.standing import Standing
from portal.core.database import writing
from portal.core.leases import is_free
from portal.core.records import UtcDateTime, from_now_by
from portal.core.rows.columns import table_of
from portal.hotspot.provisioning import UserFound
from portal.models import Access, utc_now
from portal.models.access import COUNTERS

# What a look may change in a record.
CHANGED = (
    *COUNTERS,
    *("wanted", "actual", "seen_at", "blocked_at", "started_at", "expires_at"),
)
DUE_IN = "due_in"
# How the row was when it was read: nothing must have happened to it since.
READ = {"id": Text(), "was_wanted": Text(), "was_actual": Text(), "was_at": UtcDateTime()}


@dataclass(frozen=True)
class Look:
    """Hold what one look at an access changes in its record.

    `values` by column; `due_in` among them is in how many seconds it is to be looked at. `online`:
    somebody uses it at this moment; `lost`: the router has forgotten it. `found`: what the operator
    has to know of the user.
    """

    access: Standing
    values: dict[str, Any]
    lost: bool = False
    online: bool = False
    found: UserFound | None = None


def store(looks: Sequence[Look], along: Callable[[Session], object] | None = None) -> None:
    """Write what has changed, only where nothing happened to an access since it was read.

    `along` is done in the same transaction.
    """
    changed = [look for look in looks if look.values]
    if not changed and along is None:
        return
    with writing() as session:
        # First what is the router's, as whoever finds it again does: else each waits for the other.
        if along is not None:
            along(session)
        written = _write(session, changed) if changed else set()
        for look in changed:
            if "blocked_at" in look.values and look.access.id in written:
                access = session.get_one(Access, look.access.id)
                tell_of_change(session, access, look.values)


def _write(session: Session, looks: Sequence[Look]) -> set[str]:
    dialect = session.get_bind().dialect.name
    told = _in_utc if dialect == "postgresql" else _as_kept
    rows = json.dumps([_row(look) for look in looks], default=told)
    values = {"rows": rows, "now": utc_now()}
    return set(session.connection().execute(_statement(dialect), values).scalars())


def _row(look: Look) -> dict[str, Any]:
    read, values = look.access, look.values
    row = {name: values.get(name, getattr(read, name)) for name in CHANGED}
    row |= {"id": read.id, "was_wanted": read.wanted, "was_actual": read.actual}
    return row | {"was_at": read.updated_at, DUE_IN: values.get(DUE_IN)}


def _as_kept(moment: datetime) -> str:
    """Write a moment as SQLite keeps it."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")


def _in_utc(moment: datetime) -> str:
    """Write a moment so that it is the same in whatever zone the server has."""
    return _as_kept(moment) + "+00"


@cache
def _statement(dialect: str) -> Executable:
    new = _told_of(dialect)
    due = case((new.c.due_in.is_(None), Access.next_attempt_at), else_=from_now_by(new.c.due_in))
    return (
        update(Access)
        .where(
            Access.id == new.c.id,
            is_free(Access),
            Access.wanted == new.c.was_wanted,
            Access.actual == new.c.was_actual,
            Access.updated_at == new.c.was_at,
        )
        .values({name: new.c[name] for name in CHANGED})
        .values(next_attempt_at=due, updated_at=bindparam("now", type_=UtcDateTime()))
        .returning(Access.id)
        .execution_options(synchronize_session=False)
    )


def _told_of(dialect: str) -> Any:
    """Give the rows of the parameter `rows`, which is JSON, as a table."""
    kinds: dict[str, Any] = {name: table_of(Access).c[name].type for name in CHANGED}
    columns = [column(name, kind) for name, kind in (READ | kinds | {DUE_IN: Float()}).items()]
    if dialect == "postgresql":
        read = func.json_to_recordset(cast(bindparam("rows", type_=Text()), JSON))
        return read.table_valued(*columns, name="new").render_derived(with_types=True)
    rows = func.json_each(bindparam("rows", type_=Text())).table_valued("value")
    return select(*(_extracted(rows.c.value, one) for one in columns)).subquery("new")


def _extracted(row: Any, one: ColumnElement[Any]) -> Any:
    return func.json_extract(row, f"$.{one.key}", type_=one.type).label(one.key)
