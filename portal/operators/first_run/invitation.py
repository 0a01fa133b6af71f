"""Invite whoever starts an empty deployment to make its first administrator in a browser."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Gone
from portal.models import AdminUser, Deployment
from portal.models.admin_user import Role
from portal.operators import companies
from portal.operators.audit import Actor
from portal.operators.people import password_rules, passwords, users
from portal.operators.people.users import UserValues
from portal.ports import settings

PATH = "/panel/inicio"
PARAMETER = "invitacion"
LIVES_SECONDS = 7 * 86400
OVER = (
    "Este enlace ya no sirve: alguien ya puede entrar aquí, o pasaron siete días desde que arrancó "
    "el servidor. Inicie sesión; si nadie tiene usuario, arranque el servidor de nuevo y use el "
    "enlace que escriba."
)


class FirstPerson(TypedDict):
    """Hold what is said of the first administrator.

    With the name of a company they are its owner, without one a super_admin.
    """

    email: str
    password: str
    name: str
    company_name: str | None


def invitation() -> str | None:
    """Give the address where the first administrator is made; None once there is a user."""
    with reading() as session:
        if _has_users(session):
            return None
        name = session.get_one(Deployment, 1).name
    token = str(_seal().dumps(name))
    return f"{settings().public_url.rstrip('/')}{PATH}?{urlencode({PARAMETER: token})}"


def check(token: str | None) -> None:
    """Refuse what is no invitation of this deployment's, and any once there is a user.

    Raises Gone, with one sentence whatever the reason.
    """
    with reading() as session:
        _check(session, token)


def accept(actor: Actor, token: str | None, person: FirstPerson) -> AdminUser:
    """Make the first administrator, and their company where it is named. Raises Gone, Invalid."""
    check(token)
    own = (person["email"], person["name"], person["company_name"])
    password_rules.check(person["password"], own)
    hashed = passwords.hash_password(person["password"])
    with writing() as session:
        # Of two who accept at once the second waits here, and finds the first one's user.
        session.execute(select(Deployment.id).with_for_update())
        _check(session, token)
        return users.create_in(session, actor, hashed, **_values(session, actor, person))


def _values(session: Session, actor: Actor, person: FirstPerson) -> UserValues:
    values = UserValues(email=person["email"], name=person["name"], role=Role.SUPER_ADMIN)
    if company_name := person["company_name"]:
        email = person["email"]
        company = companies.create_in(session, actor, name=company_name, contact_email=email)
        values |= UserValues(role=Role.COMPANY_ADMIN, company_id=company.id)
    return values


def _check(session: Session, token: str | None) -> None:
    try:
        named = _seal().loads(token or "", max_age=LIVES_SECONDS)
    except BadData:
        raise Gone(OVER) from None
    if named != session.get_one(Deployment, 1).name or _has_users(session):
        raise Gone(OVER)


def _has_users(session: Session) -> bool:
    return session.scalar(select(AdminUser.id).limit(1)) is not None


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt="portal.first_run")
