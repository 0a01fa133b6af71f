"""Wrong codes, counted where every process sees them, and waits that grow with them."""

from __future__ import annotations

import math
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from portal.database import insert_new, writing
from portal.errors import TooManyRequests
from portal.models import WrongCode, utc_now
from portal.models.clock import from_now
from portal.ports import settings

KIND = "code"
FORGOTTEN_AFTER = timedelta(days=1)
WAIT = "Demasiados códigos incorrectos. Espere un momento e intente de nuevo."


def refuse_while_waiting(session: Session, router_id: str, device: str) -> None:
    """Raises TooManyRequests while the device has to wait."""
    query = select(WrongCode).where(*_row(router_id, device), WrongCode.locked_until > from_now())
    waiting = session.scalar(query)
    if waiting is not None:
        raise _wait(waiting)


def count_try(router_id: str, device: str) -> None:
    """Count a code before it is looked at, so that codes sent side by side count like others.

    Raises TooManyRequests while the device has to wait; that try is not counted.
    """
    with writing() as session:
        insert_new(
            session,
            WrongCode,
            {"router_id": router_id, "device": device, "kind": KIND, "failures": 0},
        )
        row, waiting = session.execute(
            select(WrongCode, WrongCode.locked_until > from_now())
            .where(*_row(router_id, device))
            .with_for_update()
        ).one()
        if waiting:
            raise _wait(row)
        stale = row.last_at < utc_now() - FORGOTTEN_AFTER
        row.failures = 1 if stale else row.failures + 1
        row.last_at = utc_now()
        row.locked_until = from_now(_wait_after(row.failures))


def take_back(session: Session, router_id: str, device: str) -> None:
    """Count the last code no more: it was a good one.

    Wrong ones before it stay, else one good code would buy endless tries at others.
    """
    row = _row(router_id, device)
    session.execute(delete(WrongCode).where(*row, WrongCode.failures <= 1))
    fewer = {"failures": WrongCode.failures - 1, "locked_until": None}
    session.execute(update(WrongCode).where(*row).values(fewer))


def _wait_after(failures: int) -> float:
    """Seconds: none for the first codes, then doubling up to the longest."""
    limits = settings()
    beyond = failures - limits.code_tries
    if beyond < 0:
        return 0.0
    return min(limits.code_wait_first * 2.0 ** min(beyond, 30), limits.code_wait_longest)


def _wait(row: WrongCode) -> TooManyRequests:
    left = row.locked_until - utc_now() if row.locked_until else timedelta()
    return TooManyRequests(max(1, math.ceil(left.total_seconds())), WAIT)


def _row(router_id: str, device: str) -> tuple[ColumnElement[bool], ...]:
    return (
        WrongCode.router_id == router_id,
        WrongCode.device == device,
        WrongCode.kind == KIND,
    )
