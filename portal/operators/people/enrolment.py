"""Turn a person's second factor on and off, and draw recovery codes.

It is on only once a first code was right, so that nobody locks himself out with a telephone that
did not take the secret. Off it goes by password and code together, as others must not be able to
with one of them; both are counted for the session (`own_password.confirm`).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.records import new_id
from portal.core.rows.inserting import insert_new
from portal.core.vault import token_digest
from portal.models import AdminUser, RecoveryCode, SecondFactor, utc_now
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import owned_in
from portal.operators.people import own_password
from portal.operators.people.second_factor import (
    NOT_ON,
    WRONG_CODE,
    factor_of,
    plain_code,
    step_of,
)
from portal.operators.people.sessions import Administrator
from portal.operators.trail.changes import Changes

ISSUER = "Portal"
RECOVERY_CODES = 10
# 80 bits, as base32.
RECOVERY_BYTES = 10
ALREADY_ON = "La verificación en dos pasos ya está activada."
OWN = "La suya se desactiva en «Mi cuenta», con su contraseña y un código."
NOT_BEGUN = "Empiece de nuevo: pida primero el secreto."
ON, OFF = Changes({"totp": False}, {"totp": True}), Changes({"totp": True}, {"totp": False})


@dataclass(frozen=True)
class Enrolment:
    """Hold what a telephone is told, shown this once; `uri` is what a QR code says."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


def begin(who: Administrator, password: str) -> Enrolment:
    """Draw a secret, in place of one that was never confirmed.

    Raises Conflict where it is on, and as `own_password.confirm` does.
    """
    own_password.confirm(who, password)
    return begin_confirmed(who)


def begin_confirmed(who: Administrator) -> Enrolment:
    """Do so for somebody whose password was asked for already. Raises Conflict."""
    secret = pyotp.random_base32()
    with writing() as session:
        row = {"id": new_id("sfa_", 12, upper=False), "user_id": who.user_id, "last_step": 0}
        insert_new(session, SecondFactor, row | {"created_at": utc_now()})
        factor = session.scalars(factor_of(who.user_id).with_for_update()).one()
        if factor.confirmed_at is not None:
            raise Conflict(ALREADY_ON)
        factor.secret = secret
    return _enrolment(secret, who)


def begun(who: Administrator) -> Enrolment | None:
    """Give the secret that waits for its first code. Raises VaultError."""
    with reading() as session:
        waiting = factor_of(who.user_id).where(SecondFactor.confirmed_at.is_(None))
        factor = session.scalar(waiting)
        secret = factor.secret if factor else None
    return _enrolment(secret, who) if secret else None


def turn_on(actor: Actor, who: Administrator, code: str) -> Sequence[str]:
    """Turn it on by a first right code; the ten recovery codes, shown this once.

    Raises Conflict, Invalid (not the right code).
    """
    with writing() as session:
        factor = session.scalar(factor_of(who.user_id).with_for_update())
        if factor is None:
            raise Conflict(NOT_BEGUN)
        if factor.confirmed_at is not None:
            raise Conflict(ALREADY_ON)
        step = step_of(factor, plain_code(code))
        if step is None:
            raise Invalid(WRONG_CODE, errores={"codigo": [WRONG_CODE]})
        factor.confirmed_at, factor.last_step = utc_now(), step
        record(session, actor, AuditAction.USER_TOTP_ON, who.user_id, who.company_id, ON)
        return _draw_codes(session, factor.id)


def renew_codes(actor: Actor, who: Administrator, password: str, code: str) -> Sequence[str]:
    """Draw ten other recovery codes. Raises Conflict, and as `own_password.confirm` does."""
    own_password.confirm(who, password, code)
    with writing() as session:
        factor = _standing(session, who.user_id)
        record(session, actor, AuditAction.USER_RECOVERY_CODES, who.user_id, who.company_id)
        return _draw_codes(session, factor.id)


def turn_off(actor: Actor, who: Administrator, password: str, code: str) -> None:
    """Ask for no code any more. Raises Conflict, and as `own_password.confirm` does."""
    own_password.confirm(who, password, code)
    with writing() as session:
        remove(session, actor, session.get_one(AdminUser, who.user_id))


def remove_of(actor: Actor, email: str) -> AdminUser:
    """Do so from the server's own shell. Raises NotFound, Conflict."""
    with writing() as session:
        user = session.scalar(select(AdminUser).where(AdminUser.email == email.lower()))
        if user is None:
            raise NotFound("Usuario no encontrado")
        remove(session, actor, user)
    return user


def remove_within(actor: Actor, who: Administrator, company_id: str, user_id: int) -> None:
    """Do so for an owner, of another of the company's people. Raises NotFound, Conflict."""
    if user_id == who.user_id:
        raise Conflict(OWN)
    with writing() as session:
        remove(session, actor, owned_in(session, AdminUser, user_id, company_id))


def remove(session: Session, actor: Actor, user: AdminUser) -> None:
    """Take a person's second factor away, who lost telephone and codes. Raises Conflict."""
    factor = _standing(session, user.id)
    session.execute(delete(RecoveryCode).where(RecoveryCode.factor_id == factor.id))
    session.delete(factor)
    record(session, actor, AuditAction.USER_TOTP_OFF, user.id, user.company_id, OFF)


def _standing(session: Session, user_id: int) -> SecondFactor:
    factor = session.scalar(factor_of(user_id).with_for_update())
    if factor is None or factor.confirmed_at is None:
        raise Conflict(NOT_ON)
    return factor


def _enrolment(secret: str, who: Administrator) -> Enrolment:
    uri = pyotp.TOTP(secret).provisioning_uri(name=who.email, issuer_name=ISSUER)
    return Enrolment(secret, uri)


def _draw_codes(session: Session, factor_id: str) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.factor_id == factor_id))
    codes = [_draw_code() for _ in range(RECOVERY_CODES)]
    rows = (
        RecoveryCode(factor_id=factor_id, digest=token_digest(plain_code(code))) for code in codes
    )
    session.add_all(rows)
    return codes


def _draw_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()
    return "-".join(letters[n : n + 4] for n in range(0, len(letters), 4))
