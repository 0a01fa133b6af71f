"""What all records share: naming of constraints, times in UTC, secrets, ids."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import DateTime, LargeBinary, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from portal.vault import Vault


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: with zone on PostgreSQL, as UTC text on SQLite; aware in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all records. Constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012


class Secret:
    """An attribute that is stored encrypted in the column `<name>_sealed` of its row.

    The row's id must be known before the secret is set: the cipher text is bound to it.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        sealed = getattr(row, f"{self._name}_sealed")
        return None if sealed is None else _vault().open(sealed, self._place(row))

    def __set__(self, row: Any, secret: str | None) -> None:
        sealed = None if secret is None else _vault().seal(secret, self._place(row))
        setattr(row, f"{self._name}_sealed", sealed)

    def _place(self, row: Any) -> str:
        if row.id is None:
            raise ValueError("a row needs its id before it can hold a secret")
        return f"{row.__tablename__}:{row.id}:{self._name}"


def _vault() -> Vault:
    vault: Vault = current_app.extensions["vault"]
    return vault


def sealed_column() -> Mapped[bytes | None]:
    """The column behind a Secret."""
    return mapped_column(LargeBinary, nullable=True)


def utc_now() -> datetime:
    """This machine's clock. Leases and due times use the database's (`portal.models.clock`)."""
    return datetime.now(UTC)


def new_id(prefix: str, characters: int, *, upper: bool = True) -> str:
    """An unguessable id: the prefix and as many hex digits."""
    digits = secrets.token_hex((characters + 1) // 2)[:characters]
    return prefix + (digits.upper() if upper else digits)
