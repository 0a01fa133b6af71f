"""Count wrong passwords for the user and where they come from, never for the user alone.

A lock of the account itself would let anybody who knows an e-mail keep its owner out. So each
origin (a network, a browser that has logged in before, a session) is locked by its own tries.
The user's tries from everywhere have a budget too: once it is used up, somebody guesses from
many networks, and an origin that is not known has one try instead of `login_failures`. The
owner's good password needs no more.

A browser that somebody has logged in from is told by a signed cookie, which lets nobody in: it
only gives it tries of its own, so that whoever shares its network (an operator's own customers
behind the café's one address) cannot use those up.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import Session

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import writing
from portal.core.leaky_bucket import Budget
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.rows.inserting import insert_new
from portal.models import AdminUser, LoginFailure
from portal.ports import settings

BROWSER_SECONDS = 180 * 86400
EVERYWHERE = "*"
TRIES_AN_HOUR = Budget(60, timedelta(hours=1), timedelta(minutes=10))
LOCK_UNDER_ATTACK_SECONDS = 900.0
ALERT = (
    "Alguien prueba contraseñas de {} desde varias redes. La cuenta sigue abierta para su "
    "dueño; si la contraseña es corta o se usa en otro lado, cámbiela."
)


@dataclass(frozen=True)
class KnownBrowser:
    """Name a browser of this user's."""

    user_id: int
    name: str

    @property
    def origin(self) -> str:
        """Name whom its tries are counted for."""
        return f"browser:{self.name}"


def seal_browser(user_id: int) -> str:
    """Make the cookie for a browser that has just logged in."""
    return _serializer().dumps([user_id, secrets.token_hex(12)])


def open_browser(cookie: str | None) -> KnownBrowser | None:
    """Tell whose browser it is; None for anything that we did not seal in the last 180 days."""
    try:
        user_id, name = _serializer().loads(cookie or "", max_age=BROWSER_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return KnownBrowser(user_id, name)


def _serializer() -> URLSafeTimedSerializer:
    # The salt is in browsers' cookies: another one would make all of them unknown.
    return URLSafeTimedSerializer(settings().secret_key, salt="portal.operators.known_browser")


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
            session,
            user.company_id,
            AlertKind.PASSWORD_GUESSING,
            str(user.id),
            ALERT.format(user.email),
        )


def _is_attacked(session: Session, user_id: int) -> bool:
    query = select(LoginFailure.locked_until, from_now().label("now"))
    row = session.execute(query.where(*_row(user_id, EVERYWHERE))).first()
    return row is not None and TRIES_AN_HOUR.is_used_up(row.locked_until, row.now)


def _row(user_id: int, origin: str) -> tuple[Any, ...]:
    return LoginFailure.user_id == user_id, LoginFailure.origin == origin
