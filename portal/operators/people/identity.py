"""Tell who somebody says that they are, and count that they tried to show it."""

from __future__ import annotations

from sqlalchemy import select

from portal.core.database import reading, writing
from portal.models import AdminUser
from portal.operators.people import login_tries, second_factor
from portal.operators.people.second_factor import CodeProof, Lock


def who_is(email: str) -> tuple[AdminUser | None, Lock | None]:
    """Give the user who may log in with this e-mail, and the second factor that they have on."""
    query = select(AdminUser).where(AdminUser.email == email.lower(), AdminUser.active)
    with reading() as session:
        user = session.scalar(query)
        return user, second_factor.lock_of(session, user.id) if user else None


def count_try(user: AdminUser, origin: str, *, known: bool) -> bool:
    """Count a try before its password is looked at; whether it may be."""
    with writing() as session:
        return login_tries.count(session, user.id, origin, known=known)


def take_code(proof: CodeProof) -> bool:
    """Use a second factor's code up; whether it was still good."""
    with writing() as session:
        return second_factor.take(session, proof)
