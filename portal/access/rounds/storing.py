"""Store what a round has found of a router's accesses: one statement, however many there are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    ColumnElement,
    Float,
    Select,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from portal.access.blocked import tell_of_change
from portal.access.rounds.standing import Standing
from portal.alerts.router_contact import noting_users_read, users_read
from portal.core.database import server, writing
from portal.core.leases import is_free
from portal.core.records import UtcDateTime, from_now_by
from portal.core.rows.columns import table_of
from portal.core.rows.prepared import prepared
from portal.hotspot.provisioning import UserFound
from portal.models import Access, Router, RouterContact, utc_now
from portal.models.access import COUNTERS

# What a look may change in a record.
CHANGED = (
    *COUNTERS,
    *("wanted", "actual", "seen_at", "blocked_at", "started_at", "expires_at"),
)
DUE_IN = "due_in"
Names: TypeAlias = tuple[str, ...]
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


def store(looks: Sequence[Look], read_all_of: Router | None = None) -> None:
    """Write what has changed, only where nothing happened to an access since it was read.

    `read_all_of`: the router all of whose users were looked at just now, which is noted along.
    """
    changed = [look for look in looks if look.values]
    if not changed and read_all_of is None:
        return
    engine, names = server(), _names(changed)
    if engine is None or "blocked_at" in names:
        _store_in_turn(changed, names, read_all_of)
        return
    values = _sent(changed, names, engine.dialect.name) | _noted(read_all_of)
    prepared(_at_once(names, read_all_of is not None), engine.dialect).run(engine, values)


def _store_in_turn(changed: Sequence[Look], names: Names, read_all_of: Router | None) -> None:
    with writing() as session:
        dialect = session.get_bind().dialect.name
        connection = session.connection()
        # First what is the router's, as whoever finds it again does: else each waits for the other.
        if read_all_of is not None:
            connection.execute(noting_users_read(dialect), users_read(read_all_of))
        if not changed:
            return
        sent = _sent(changed, names, dialect)
        written = set(connection.execute(_statement(dialect, names), sent).scalars())
        for look in changed:
            if "blocked_at" in look.values and look.access.id in written:
                access = session.get_one(Access, look.access.id)
                tell_of_change(session, access, look.values)


def _names(looks: Sequence[Look]) -> Names:
    """Name what changes in any of them: nearly always the counters alone."""
    changed = {name for look in looks for name in look.values}
    return tuple(name for name in (*CHANGED, DUE_IN) if name in changed)


def _noted(read_all_of: Router | None) -> dict[str, Any]:
    return {} if read_all_of is None else users_read(read_all_of)


def _sent(looks: Sequence[Look], names: Names, dialect: str) -> dict[str, Any]:
    if not looks:
        return {}
    told = _in_utc if dialect == "postgresql" else _as_kept
    rows = json.dumps([_row(look, names) for look in looks], default=told)
    return {"rows": rows, "now": utc_now()}


def _row(look: Look, names: Names) -> dict[str, Any]:
    read, values = look.access, look.values
    row = {name: values[name] if name in values else getattr(read, name, None) for name in names}
    row |= {"id": read.id, "was_wanted": read.wanted, "was_actual": read.actual}
    return row | {"was_at": read.updated_at}


def _as_kept(moment: datetime) -> str:
    """Write a moment as SQLite keeps it."""
    at = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return at.isoformat(" ", "microseconds")[: -len("+00:00")]


def _in_utc(moment: datetime) -> str:
    """Write a moment so that it is the same in whatever zone the server has."""
    return _as_kept(moment) + "+00"


@cache
def _at_once(names: Names, notes: bool) -> Select[Any]:
    """Give both as one statement; what is read of the first has it done before the second."""
    if not notes:
        return select(_statement("postgresql", names).cte("written"))
    noted = noting_users_read("postgresql").returning(table_of(RouterContact).c.router_id)
    done = select(noted.cte("noted"))
    return done.add_cte(_statement("postgresql", names).cte("written")) if names else done


@cache
def _statement(dialect: str, names: Names) -> ReturningUpdate[Any]:
    new = _told_of(dialect, names)
    values = {name: new.c[name] for name in names if name != DUE_IN}
    if DUE_IN in names:
        later = from_now_by(new.c.due_in)
        waits = new.c.due_in.is_(None)
        values["next_attempt_at"] = case((waits, Access.next_attempt_at), else_=later)
    return (
        update(Access)
        .where(
            Access.id == new.c.id,
            is_free(Access),
            Access.wanted == new.c.was_wanted,
            Access.actual == new.c.was_actual,
            Access.updated_at == new.c.was_at,
        )
        .values(values)
        .values(updated_at=bindparam("now", type_=UtcDateTime()))
        .returning(Access.id)
        .execution_options(synchronize_session=False)
    )


def _told_of(dialect: str, names: Names) -> Any:
    """Give the rows of the parameter `rows`, which is JSON, as a table."""
    mine = table_of(Access).c
    kinds: dict[str, Any] = {name: Float() if name == DUE_IN else mine[name].type for name in names}
    columns = [column(name, kind) for name, kind in (READ | kinds).items()]
    if dialect == "postgresql":
        read = func.json_to_recordset(cast(bindparam("rows", type_=Text()), JSON))
        return read.table_valued(*columns, name="new").render_derived(with_types=True)
    rows = func.json_each(bindparam("rows", type_=Text())).table_valued("value")
    return select(*(_extracted(rows.c.value, one) for one in columns)).subquery("new")


def _extracted(row: Any, one: ColumnElement[Any]) -> Any:
    return func.json_extract(row, f"$.{one.key}", type_=one.type).label(one.key)
