"""Say what a record was before and is after, as the trail keeps it: secrets as changed only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.core.records import Base

HIDDEN = "********"
PASSWORD_HASH = "password_hash"  # noqa: S105 - a column's name
# What a row keeps for itself, and says nothing of what somebody did.
OWN_BUSINESS = frozenset(
    {"id", "company_id", "created_at", "updated_at", "lease", "lease_until", "attempts"}
)


@dataclass(frozen=True)
class Changes:
    """Hold what differs, by name. A secret is `********` on either side, or null for none."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.before or self.after)

    def __or__(self, others: Changes) -> Changes:
        return Changes(self.before | others.before, self.after | others.after)

    def below(self, name: str) -> Changes:
        """Name it as a part of something: `alerts.email.target`."""
        sides = (self.before, self.after)
        return Changes(*({f"{name}.{key}": side[key] for key in side} for side in sides))

    @property
    def names(self) -> list[str]:
        """List what differs."""
        return sorted({*self.before, *self.after})


def between(
    old: Mapping[str, Any], new: Mapping[str, Any], secrets: Collection[str] = ()
) -> Changes:
    """Compare what was with what is, and hide `secrets` only then."""
    names = [name for name in {*old, *new} if old.get(name) != new.get(name)]
    return Changes(
        {name: _shown(old[name], name in secrets) for name in names if name in old},
        {name: _shown(new[name], name in secrets) for name in names if name in new},
    )


def made(row: Base) -> Changes:
    """Tell what a new record holds."""
    return Changes(after=_contents(row))


def gone(row: Base) -> Changes:
    """Tell what a record held that is deleted."""
    return Changes(before=_contents(row))


def apply(row: Any, changes: Mapping[str, Any]) -> Changes:
    """Set the attributes that differ, and secrets always.

    A stored secret is not read for comparison: it must be replaceable when its key is lost.
    """
    names = [
        name
        for name, value in changes.items()
        if is_secret(row, name) or getattr(row, name) != value
    ]
    before = {_public(name): _value(row, name) for name in names}
    for name in names:
        setattr(row, name, changes[name])
    return Changes(before, {_public(name): _value(row, name) for name in names})


def is_secret(row: Any, name: str) -> bool:
    """Tell whether the attribute is kept sealed."""
    return hasattr(type(row), f"{name}_sealed")


def _value(row: Any, name: str) -> Any:
    if is_secret(row, name):
        return _shown(getattr(row, f"{name}_sealed"), hidden=True)
    return _shown(getattr(row, name), hidden=name == PASSWORD_HASH)


def _contents(row: Base) -> dict[str, Any]:
    """Everything that is set in it."""
    named = (column.key for column in row.__table__.columns)
    told = [name for name in named if name not in OWN_BUSINESS and not name.endswith("_digest")]
    values = {_public(name): _column(row, name) for name in told}
    return {name: value for name, value in values.items() if value is not None}


def _column(row: Base, name: str) -> Any:
    return _shown(getattr(row, name), hidden=name.endswith("_sealed") or name == PASSWORD_HASH)


def _public(name: str) -> str:
    return "password" if name == PASSWORD_HASH else name.removesuffix("_sealed")


def _shown(value: Any, hidden: bool) -> Any:
    if hidden:
        return None if value is None else HIDDEN
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return str(value) if isinstance(value, Decimal) else value
