"""Check the hosts that operators name, and say why one cannot be spoken to."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.radius.errors import NotHeard, Silent
from portal.core.database import writing
from portal.core.errors import Invalid, Problem, TooManyRequests, Unavailable
from portal.core.leaky_bucket import Budget
from portal.core.records import from_now
from portal.core.rows.inserting import insert_new
from portal.hotspot.errors import (
    PasswordWithheld,
    RouterError,
    RouterUnavailable,
    RouterUnidentified,
    TargetForbidden,
)
from portal.hotspot.targets import refuse_host_within, refuse_own_host
from portal.models import LoginFailure
from portal.ports import settings

# One sentence for a closed port, a silent one, and one where something else listens: told apart
# they would tell an operator what runs on other people's machines.
NOT_ENTERED = (
    "No se pudo entrar al router: revise su dirección, el puerto (8728 sin TLS, 8729 con TLS), el "
    "modo de TLS y el certificado; que esté encendido, que el servicio api (o api-ssl) esté "
    "habilitado en /ip service con sesiones libres (max-sessions) y que permita la dirección de "
    "este servidor."
)

# An operator's tries at routers stand beside those at passwords, as of one origin.
ROUTERS = "*routers"
TRIES_AN_HOUR = Budget(120, timedelta(hours=1), timedelta(minutes=1))
TOO_MANY_TRIES = (
    "Se probaron demasiados datos de acceso de routers en una hora. Espere antes de intentar otra "
    "vez, o pídalo al administrador de esta instalación."
)


def count_try(user_id: int) -> None:
    """Count one try of an operator to enter a router, or one change of what it is entered with.

    Else whoever has a company here could guess the password of any router, which may let nobody
    in but this server. Raises TooManyRequests.
    """
    with writing() as session:
        row, now = _tries(session, user_id)
        if TRIES_AN_HOUR.is_used_up(spent := TRIES_AN_HOUR.after_a_try(row.locked_until, now), now):
            raise TooManyRequests(_seconds_left(spent, now), TOO_MANY_TRIES)
        row.locked_until, row.last_at = spent, now


def forgive_try(user_id: int) -> None:
    """Count the operator's last try no more: the router let us in."""
    with writing() as session:
        row, _ = _tries(session, user_id)
        if row.locked_until is not None:
            row.locked_until -= TRIES_AN_HOUR.window / TRIES_AN_HOUR.tries


def check_target(host: str) -> None:
    """Raise Invalid for this machine or a neighbour. Waits for the name service a few seconds."""
    seconds = settings().router_connect_timeout
    try:
        refuse_host_within(host, settings().tunnel, seconds)
        if not settings().allow_private_targets:
            refuse_own_host(host, seconds)
    except TargetForbidden as error:
        raise problem_of(error) from error


def problem_of(error: RouterError) -> Problem:
    """Make the answer to an operator whose router did not do what was asked."""
    if isinstance(error, TargetForbidden):
        return Invalid(error.advice, errores={"host": [error.advice]})
    if isinstance(error, PasswordWithheld):
        return Invalid(error.advice, errores={"password": [error.advice]})
    if isinstance(error, Silent | NotHeard):
        return Unavailable(error.advice)
    if isinstance(error, RouterUnavailable | RouterUnidentified):
        return Unavailable(NOT_ENTERED)
    return Unavailable(error.advice)


def _tries(session: Session, user_id: int) -> tuple[LoginFailure, datetime]:
    """Give the operator's row, locked, and the database's time."""
    insert_new(session, LoginFailure, {"user_id": user_id, "origin": ROUTERS})
    query = select(LoginFailure, from_now().label("now"))
    mine = query.where(LoginFailure.user_id == user_id, LoginFailure.origin == ROUTERS)
    row, now = session.execute(mine.with_for_update()).one()
    return row, now


def _seconds_left(spent: datetime, now: datetime) -> int:
    return max(1, math.ceil((spent - now - TRIES_AN_HOUR.window).total_seconds()))
