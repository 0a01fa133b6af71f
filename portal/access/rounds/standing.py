"""Read the accesses that stand on a router, with no more of each than a look at its user takes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, String, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from portal.core.database import server
from portal.core.leases import is_free
from portal.core.records import UtcDateTime
from portal.core.rows.columns import table_of
from portal.core.rows.prepared import find_all
from portal.core.vault import FindableSecret
from portal.models import Access
from portal.models.access import AccessState


@dataclass
class Standing:
    """Hold an access as it was read for a round: its columns, under their names.

    A router has thousands: as records they would take several times as long to make and to use.
    """

    id: str
    router_id: str
    name_sealed: bytes
    name_digest: str
    wanted: str
    actual: str
    profile_name: str
    duration_seconds: int | None
    duration_from: str | None
    data_limit: int | None
    max_devices: int | None
    used_seconds: int
    used_bytes: int
    seen_seconds: int
    seen_bytes: int
    session_seconds: int
    session_bytes: int
    sessions_apart: bool
    seen_at: datetime | None
    started_at: datetime | None
    expires_at: datetime | None
    enabled_at: datetime | None
    blocked_at: datetime | None
    updated_at: datetime

    @property
    def name(self) -> str:
        """Unseal the hotspot name. Raises VaultError."""
        name: str = NAME.__get__(self)
        return name

    @property
    def total_seconds(self) -> int:
        """Sum the time online that we know of, in seconds."""
        return self.used_seconds + self.seen_seconds + self.session_seconds * self.sessions_apart

    @property
    def total_bytes(self) -> int:
        """Sum the traffic that we know of, in bytes."""
        return self.used_bytes + self.seen_bytes + self.session_bytes * self.sessions_apart


Counted: TypeAlias = Access | Standing
NAME: FindableSecret = vars(Access)["name"]
OF_ROUTER, DIGESTS, SINCE, DIGITS = "of_router", "digests", "since", "digits"


def all_standing(router_id: str) -> list[Standing]:
    """Read all that the router should have enabled, and that nobody works on."""
    return _read(_settled(), {OF_ROUTER: router_id})


def some_standing(
    router_id: str, digests: Collection[str], since: datetime, digits: str
) -> list[Standing]:
    """Read those of these names, who were online or enabled since, and of names with these digits.

    The first digit of a name's digest is as good as drawn by lot. All that a person has disabled
    are among them, so that whoever is enabled again is known for it at once.
    """
    values = {OF_ROUTER: router_id, SINCE: since, DIGITS: list(digits), DIGESTS: sorted(digests)}
    return _read(_chosen(has_arrays=server() is not None), values)


def _read(query: Select[Any], values: dict[str, Any]) -> list[Standing]:
    return [Standing(*row[:]) for row in find_all(query, values)]


@cache
def _settled() -> Select[Any]:
    columns = table_of(Access).c
    settled = or_(Access.actual == AccessState.ENABLED, Access.blocked_at.is_not(None))
    return select(*(columns[one.name] for one in fields(Standing))).where(
        Access.router_id == bindparam(OF_ROUTER, ""),
        Access.wanted == AccessState.ENABLED,
        settled,
        is_free(Access),
    )


@cache
def _chosen(*, has_arrays: bool) -> Select[Any]:
    among = _among if has_arrays else _listed
    return _settled().where(
        or_(
            among(Access.name_digest, DIGESTS),
            Access.session_seconds > 0,
            Access.enabled_at > bindparam(SINCE, None, UtcDateTime()),
            Access.blocked_at.is_not(None),
            among(func.substr(Access.name_digest, 1, 1), DIGITS),
        )
    )


def _among(column: Any, name: str) -> ColumnElement[bool]:
    some: ColumnElement[Any] = bindparam(name, [], ARRAY(String))
    found: ColumnElement[bool] = column == any_(some)
    return found


def _listed(column: Any, name: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(bindparam(name, expanding=True))
    return found
