"""Put all secrets under the first encryption key, so that the others can be taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.database import writing
from portal.core.logs import log
from portal.core.records import Base
from portal.core.vault import Secret, VaultError

# Rows that are locked at a time: whoever sells meanwhile must not wait for long.
BATCH = 100


@dataclass
class Resealed:
    """Tell how many secrets are under the first key now that were not before: `count`.

    Rows that are left are told as `table id`. `unreadable`: no key opens them. `taken`: another
    row has the same digest, since the name was sold twice while both keys were in use.
    """

    count: int
    unreadable: list[str]
    taken: list[str]


def reseal() -> Resealed:
    """Go through every record that keeps secrets. Can be repeated."""
    done = Resealed(0, [], [])
    for record in _records():
        last = ""
        while last_seen := _reseal_batch(record, last, done):
            last = last_seen
    log().info("resealed", count=done.count, unreadable=len(done.unreadable))
    return done


def _records() -> Iterator[type[Any]]:
    for mapper in Base.registry.mappers:
        if _secrets_of(mapper.class_):
            yield mapper.class_


def _secrets_of(record: type[Any]) -> list[Secret]:
    return [attribute for attribute in vars(record).values() if isinstance(attribute, Secret)]


def _reseal_batch(record: type[Any], after: str, done: Resealed) -> str | None:
    """The next rows by their ids; the last one's id, or None where there are no more."""
    query = select(record).where(record.id > after).order_by(record.id).limit(BATCH)
    row_id = None
    with writing() as session:
        for row in session.scalars(query.with_for_update()).all():
            row_id = row.id
            for secret in _secrets_of(record):
                _renew(session, row, secret, done)
    return row_id


def _renew(session: Session, row: Any, secret: Secret, done: Resealed) -> None:
    named = f"{row.__tablename__} {row.id}"
    try:
        with session.begin_nested():
            changed = secret.renew(row)
    except VaultError:
        done.unreadable.append(named)
    except IntegrityError:
        done.taken.append(named)
    else:
        done.count += changed
