"""Wrong passwords: counted for the user and where they come from, never for the user alone.

A lock of the account itself would let anybody who knows an e-mail keep its owner out. So each
origin (a network, a browser that has logged in before, a session) is locked by its own tries.
The user's tries from everywhere have a budget too: once it is used up, somebody guesses from
many networks, and an origin that is not known has one try instead of `login_failures`. The
owner's good password needs no more.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import Session

from portal.alerts.open_alerts import raise_alert
from portal.core.database import insert_new, writing
from portal.core.leaky_bucket import Budget
from portal.core.logs import log
from portal.core.records import from_now
from portal.models import AdminUser, LoginFailure
from portal.ports import settings

EVERYWHERE = "*"
TRIES_AN_HOUR = Budget(60, timedelta(hours=1), timedelta(minutes=10))
LOCK_UNDER_ATTACK_SECONDS = 900.0
ALERT = (
    "Alguien prueba contraseñas de {} desde varias redes. La cuenta sigue abierta para su "
    "dueño; si la contraseña es corta o se usa en otro lado, cámbiela."
)


def count(session: Session, user_id: int, origin: str, *, known: bool) -> bool:
    """Count a try before its password is looked at, so that those sent side by side count alike.

    False, with nothing counted, while the origin has to wait. `known`: somebody has logged in
    from there before.
    """
    cautious = not known and _is_attacked(session, user_id)
    most = 1 if cautious else settings().login_failures
    lock = LOCK_UNDER_ATTACK_SECONDS if cautious else settings().login_lock_seconds
    insert_new(session, LoginFailure, {"user_id": user_id, "origin": origin, "failures": 0})
    unlocked = or_(LoginFailure.locked_until.is_(None), LoginFailure.locked_until <= from_now())
    is_last = LoginFailure.failures + 1 >= most
    counted = update(LoginFailure).where(*_row(user_id, origin), unlocked)
    values = {
        "failures": case((is_last, 0), else_=LoginFailure.failures + 1),
        "locked_until": case((is_last, from_now(lock)), else_=None),
        "last_at": from_now(),
    }
    return (
        session.execute(counted.values(values).returning(LoginFailure.user_id)).first() is not None
    )


def forgive(session: Session, user_id: int, origin: str) -> None:
    """Count the tries of this origin no more: one of them was good."""
    # Kept, for who logs in beside it has just found the row.
    forgiven = update(LoginFailure).where(*_row(user_id, origin))
    session.execute(forgiven.values(failures=0, locked_until=None))


def note_wrong(user: AdminUser) -> None:
    """Take a wrong password off the user's budget; tell whom it concerns when it is used up."""
    with writing() as session:
        insert_new(session, LoginFailure, {"user_id": user.id, "origin": EVERYWHERE})
        query = select(LoginFailure, from_now().label("now")).where(*_row(user.id, EVERYWHERE))
        row, now = session.execute(query.with_for_update()).one()
        was_used_up = TRIES_AN_HOUR.is_used_up(row.locked_until, now)
        row.locked_until = TRIES_AN_HOUR.after_a_try(row.locked_until, now)
        row.last_at = now
        if not was_used_up and TRIES_AN_HOUR.is_used_up(row.locked_until, now):
            _tell(session, user)


def _tell(session: Session, user: AdminUser) -> None:
    log().warning("passwords guessed", user=user.id)
    if user.company_id is not None:
        raise_alert(
            session, user.company_id, "password_guessing", str(user.id), ALERT.format(user.email)
        )


def _is_attacked(session: Session, user_id: int) -> bool:
    query = select(LoginFailure.locked_until, from_now().label("now"))
    row = session.execute(query.where(*_row(user_id, EVERYWHERE))).first()
    return row is not None and TRIES_AN_HOUR.is_used_up(row.locked_until, row.now)


def _row(user_id: int, origin: str) -> tuple[Any, ...]:
    return LoginFailure.user_id == user_id, LoginFailure.origin == origin
