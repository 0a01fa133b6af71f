"""Ask people for a second factor: a code of their telephone's (TOTP, RFC 6238), or a recovery code.

What a wrong login is told does not say which of the two was wrong, nor that a code was missing:
password and code are looked at together, and the answer is one sentence. So whoever guesses
passwords of somebody with a second factor never learns that one was right. The price is that the
form asks everybody for a code who has one, instead of in a second step after the password; the
panel opens that field by itself in a browser that its person has used before, and after any
wrong try.

A code serves once: the step that it was for is remembered, and taken in one guarded statement.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from pyotp.utils import strings_equal
from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.records import from_now
from portal.core.vault import token_digest
from portal.models import RecoveryCode, SecondFactor, utc_now

STEP_SECONDS = 30
# A telephone's clock may be off by a step either way.
WINDOW = (0, -1, 1)
SIX_DIGITS = re.compile(r"[0-9]{6}")
WRONG_CODE = "El código no es correcto, o ya se usó. Espere al siguiente e intente de nuevo."
NOT_ON = "La verificación en dos pasos no está activada."


@dataclass(frozen=True)
class FactorState:
    """Tell whether somebody's second factor is on, since when, and how many codes are left."""

    since: datetime | None = None
    codes_left: int = 0

    @property
    def is_on(self) -> bool:
        """Tell whether a code is asked for."""
        return self.since is not None


@dataclass(frozen=True)
class Lock:
    """Hold somebody's second factor as it stood when their login was read."""

    factor: SecondFactor
    unused: frozenset[str] = field(repr=False)


@dataclass(frozen=True)
class CodeProof:
    """Say by what a code is right: its step, or the digest of a recovery code."""

    factor_id: str
    step: int | None = None
    digest: str | None = field(default=None, repr=False)


def lock_of(session: Session, user_id: int) -> Lock | None:
    """Read the person's second factor; None where none is on."""
    factor = session.scalar(factor_of(user_id).where(SecondFactor.confirmed_at.is_not(None)))
    if factor is None:
        return None
    unused = select(RecoveryCode.digest).where(*_unused(factor.id))
    return Lock(factor, frozenset(session.scalars(unused)))


def proof_of(lock: Lock, code: str) -> CodeProof | None:
    """Tell by what the code is right; None where it is not, or its step is over. Raises VaultError.

    Looks only: `take` uses it up.
    """
    typed = plain_code(code)
    if SIX_DIGITS.fullmatch(typed):
        step = step_of(lock.factor, typed)
        return None if step is None else CodeProof(lock.factor.id, step=step)
    digest = token_digest(typed)
    return CodeProof(lock.factor.id, digest=digest) if digest in lock.unused else None


def take(session: Session, proof: CodeProof) -> bool:
    """Use the code up; False where another was faster with the same one."""
    if proof.step is not None:
        taken = update(SecondFactor).where(
            SecondFactor.id == proof.factor_id, SecondFactor.last_step < proof.step
        )
        result = session.execute(taken.values(last_step=proof.step).returning(SecondFactor.id))
    else:
        used = update(RecoveryCode).where(
            *_unused(proof.factor_id), RecoveryCode.digest == proof.digest
        )
        result = session.execute(used.values(used_at=from_now()).returning(RecoveryCode.factor_id))
    return result.first() is not None


def state_of(user_id: int) -> FactorState:
    """Tell how the person's second factor stands."""
    with reading() as session:
        factor = session.scalar(factor_of(user_id).where(SecondFactor.confirmed_at.is_not(None)))
        if factor is None:
            return FactorState()
        left = select(func.count()).select_from(RecoveryCode).where(*_unused(factor.id))
        return FactorState(factor.confirmed_at, session.scalar(left) or 0)


def who_has_one(user_ids: Collection[int]) -> set[int]:
    """Tell which of these people have a second factor on."""
    query = select(SecondFactor.user_id).where(
        SecondFactor.user_id.in_(user_ids), SecondFactor.confirmed_at.is_not(None)
    )
    with reading() as session:
        return set(session.scalars(query))


def step_of(factor: SecondFactor, typed: str) -> int | None:
    """Find which step's code it is, of those that are not over. Raises VaultError."""
    totp, now = pyotp.TOTP(factor.secret or ""), int(utc_now().timestamp()) // STEP_SECONDS
    steps = (now + off for off in WINDOW if now + off > factor.last_step)
    return next((step for step in steps if strings_equal(totp.generate_otp(step), typed)), None)


def plain_code(code: str) -> str:
    """However it was typed: `123 456`, or letters in small."""
    return re.sub(r"[\s-]", "", code).upper()


def factor_of(user_id: int) -> Select[SecondFactor]:
    """Select the person's second factor, also one that is not on yet."""
    return select(SecondFactor).where(SecondFactor.user_id == user_id)


def _unused(factor_id: str) -> tuple[ColumnElement[bool], ...]:
    return RecoveryCode.factor_id == factor_id, RecoveryCode.used_at.is_(None)
