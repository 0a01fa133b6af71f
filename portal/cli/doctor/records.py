"""Look at the database: whether it answers, is up to date, agrees on the time, and has a worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from portal.alerts.heartbeats import seen_lately
from portal.cli.doctor.findings import BAD, OK, Diagnosis
from portal.core.database import named, reading, reason
from portal.core.migrations import is_behind
from portal.core.records import from_now
from portal.core.settings.values import sqlite_file
from portal.models import WorkerHeartbeat
from portal.ports import settings

CLOCK_SECONDS = 10.0
MAKE_UTF8 = "Hágala de nuevo: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
NTP = "Ponga los dos relojes en hora (NTP): timedatectl set-ntp true."


def database() -> Iterator[Diagnosis]:
    """Say all of it, as far as it answers."""
    where = named(settings().database_url)
    try:
        with reading() as session:
            yield from _encoding(session, where)
            if is_behind(session):
                said = f"A la base de datos {where} le faltan migraciones."
                yield Diagnosis(BAD, said, "Ejecute: flask db upgrade")
                return
            yield Diagnosis(OK, f"La base de datos {where} responde y está al día.")
            yield _clock(session)
            yield from _workers(session)
    except SQLAlchemyError as error:
        why = f" Dice: {reason(error)}" if isinstance(error, DBAPIError) else ""
        advice = "Revise DATABASE_URL, y que ese servidor esté en marcha."
        yield Diagnosis(BAD, f"La base de datos {where} no responde.{why}", advice)


def _encoding(session: Session, where: str) -> Iterator[Diagnosis]:
    if session.get_bind().dialect.name != "postgresql":
        return
    encoding = session.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        said = f"La base de datos {where} guarda en {encoding}, que no tiene todas las letras."
        yield Diagnosis(BAD, said, MAKE_UTF8)


def _clock(session: Session) -> Diagnosis:
    before = datetime.now(UTC)
    theirs: datetime = session.execute(select(from_now())).scalar_one()
    return clock("la base de datos", theirs, before, datetime.now(UTC))


def clock(whose: str, theirs: datetime, before: datetime, after: datetime) -> Diagnosis:
    """Compare another clock with ours, which said `before` when it was asked, `after` then."""
    ahead = max((theirs - after).total_seconds(), 0.0)
    behind = max((before - theirs).total_seconds(), 0.0)
    if max(ahead, behind) <= CLOCK_SECONDS:
        return Diagnosis(OK, f"El reloj de aquí y el de {whose} van juntos.")
    word = "atrasado" if ahead else "adelantado"
    said = f"El reloj de aquí va {max(ahead, behind):.0f} s {word} del de {whose}."
    return Diagnosis(BAD, said, NTP)


def _workers(session: Session) -> Iterator[Diagnosis]:
    count = seen_lately(session)
    if count:
        yield Diagnosis(OK, f"Workers que se han mostrado en los últimos 2 minutos: {count}.")
    else:
        said = "Ningún worker se ha mostrado en 2 minutos: nadie termina lo que queda pendiente."
        yield Diagnosis(BAD, said, "Arranque uno: systemctl start portal-worker, o flask worker")
    names = session.scalars(select(WorkerHeartbeat.name))
    machines = sorted({name.partition(":")[0] for name in names})
    if sqlite_file(settings().database_url) and len(machines) > 1:
        said = f"Varias computadoras ({', '.join(machines)}) escriben en una base de datos SQLite."
        yield Diagnosis(BAD, said, "Varias comparten un PostgreSQL: ponga DATABASE_URL.")
