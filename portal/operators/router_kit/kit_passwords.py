"""Draw the password that a kit gives to the API's user, and learn when the router has it.

A password that a router has let us in with is never shown again: each kit after that carries a new
one, which takes the old one's place when the router first lets us in with it.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Invalid
from portal.hotspot.errors import RouterError
from portal.models import Router
from portal.models.router import Delivery
from portal.operators.lookup import owned_in
from portal.operators.people.password_rules import is_weak
from portal.ports import address_of, inspector_at, settings

PASSWORD_BYTES = 18
SHORTEST = 12
TOO_SHORT = "La contraseña del router tiene menos de {} caracteres: ponga una más larga."
PLACEHOLDER = "La contraseña del router es de ejemplo o de las que se adivinan: ponga otra."


def password_for_kit(session: Session, router: Router) -> str:
    """Give the password that the kit carries, drawn where none waits to be used; written with it.

    The row is locked by the caller, so that two kits made side by side carry the same.
    """
    waiting: str | None = router.kit_password
    if waiting is None:
        waiting = router.kit_password = secrets.token_urlsafe(PASSWORD_BYTES)
        session.flush()
    return waiting


def check_password(password: str) -> None:
    """Refuse to give a router a password that others would guess. Raises Invalid."""
    if len(password) < SHORTEST:
        raise Invalid(TOO_SHORT.format(SHORTEST))
    if is_weak(password):
        raise Invalid(PLACEHOLDER)


def adopt(company_id: str, router_id: str) -> bool:
    """Make the kit's password the router's own where the router lets us in with it.

    Tells whether it does. Raises NotFound.
    """
    with reading() as session:
        router = owned_in(session, Router, router_id, company_id)
    waiting: str | None = router.kit_password
    if waiting is None or not router.has_api:
        return False
    address = replace(address_of(router), password=waiting, next_password=None)
    try:
        inspector_at(Delivery.API, address).info(settings().router_timeout)
    except RouterError:
        return False
    return _take_over(company_id, router_id, waiting)


def _take_over(company_id: str, router_id: str, password: str) -> bool:
    with writing() as session:
        router = owned_in(session, Router, router_id, company_id, lock=True)
        if router.kit_password != password:
            return False
        router.password, router.kit_password, router.password_place = password, None, None
    return True
