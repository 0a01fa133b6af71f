"""Show a company's people to its owner, who may make, change and lock them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from portal.core.errors import Invalid
from portal.models import AdminUser
from portal.operators.audit import Actor
from portal.operators.lookup import ListPage
from portal.operators.people import users
from portal.operators.people.second_factor import who_has_one
from portal.operators.people.sessions import Administrator
from portal.operators.people.users import UserValues

OWN = "Su contraseña se cambia en «Mi cuenta», que pide la de ahora."
OWN_EMAIL = "Su correo se cambia en «Mi cuenta», con un enlace que llega al nuevo."


@dataclass(frozen=True)
class Person:
    """Hold a person of a company, and whether they have a second factor on."""

    user: AdminUser
    has_totp: bool


def create(actor: Actor, within: str, **values: Unpack[UserValues]) -> Person:
    """Make a person of the company. Raises as `users.create_within` does."""
    return Person(users.create_within(actor, within, **values), has_totp=False)


def update(
    actor: Actor, who: Administrator, within: str, user_id: int, **values: Unpack[UserValues]
) -> Person:
    """Set what is given of one of the company's people. Raises as `users.update` does.

    One's own password is changed by `own_password.change_password` alone, which asks for the one
    before, and one's own address by `email_change`: whoever finds an open session must not be able
    to keep it.
    """
    if user_id == who.user_id:
        if "password" in values:
            raise Invalid(OWN)
        if values.get("email", who.email).lower() != who.email:
            raise Invalid(OWN_EMAIL)
    return _told([users.update(actor, user_id, within, **values)])[0]


def get(company_id: str, user_id: int) -> Person:
    """Find one of the company's people. Raises NotFound."""
    return _told([users.get(user_id, company_id)])[0]


def listing(company_id: str, limit: int, offset: int) -> ListPage[Person]:
    """List the company's people: who may enter first, then by name. Raises NotFound."""
    found = users.of_company(company_id, limit, offset)
    return ListPage(found.total, _told(found.rows))


def _told(people: Sequence[AdminUser]) -> list[Person]:
    having = who_has_one([person.id for person in people])
    return [Person(person, person.id in having) for person in people]
