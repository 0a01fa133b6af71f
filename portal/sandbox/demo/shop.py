"""Make the demo's records, once, through the functions that operators use."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from portal.core.errors import NotFound
from portal.core.vault import token_digest
from portal.models.admin_user import Role
from portal.operators import api_keys, companies, gateway_accounts, plans, routers
from portal.operators.api_keys import KeyStatus
from portal.operators.audit import Actor
from portal.operators.gateway_accounts import Keys
from portal.operators.people import passwords, users
from portal.operators.people.users import UserValues
from portal.operators.plans import PlanValues
from portal.operators.routers import RouterValues
from portal.payments.methods import Method
from portal.sandbox.demo.facts import RouterAccess
from portal.sandbox.demo.instance import Memory

ACTOR = Actor("cli:demo")
COMPANY = "Café Internet Demo"
ROUTER = "Router Demo"
LOCATION = "En esta computadora"
ADMIN_EMAIL = "admin@example.com"
OWNER_EMAIL = "dueno@example.com"
SECOND = "mercadopago"
HOUR, DAY = 3600, 86400
MOST = 200
PLANS = (
    PlanValues(
        name="1 Hora de Internet",
        amount=2000,
        currency="MXN",
        profile_name="1hora",
        description="Acceso ilimitado por 1 hora",
        duration_seconds=HOUR,
        duration_from="purchase",
        featured=False,
        position=1,
    ),
    PlanValues(
        name="24 Horas de Internet",
        amount=5000,
        currency="MXN",
        profile_name="24horas",
        description="Acceso ilimitado por 24 horas",
        duration_seconds=DAY,
        duration_from="purchase",
        featured=True,
        position=2,
    ),
)


def furnish(memory: Memory, access: RouterAccess, login_host: str, delivery: str = "api") -> None:
    """Make what is missing of the shop, and let its router's record follow the sandbox.

    `login_host` is host and port of the hotspot's login page; `delivery` is by what a new router
    is served. Afterwards `memory` holds
    company_id, router_id, api_key, and e-mail and password of its owner and of an admin.
    """
    company_id = _company(memory)
    router_id = _router(memory, company_id, access, login_host, delivery)
    # Plans are never deleted, so as many as there are need not be made again.
    for plan in PLANS[plans.listing(company_id, MOST, 0, router_id).total :]:
        values: PlanValues = {**plan, "router_id": router_id}
        plans.create(ACTOR, company_id, **values)
    _take_every_way(memory, company_id)
    _api_key(memory, company_id, router_id)
    _person(memory, "admin", ADMIN_EMAIL, UserValues(role=Role.SUPER_ADMIN))
    owner = UserValues(role=Role.COMPANY_ADMIN, company_id=company_id)
    _person(memory, "owner", OWNER_EMAIL, owner)


def _company(memory: Memory) -> str:
    known = memory.get("company_id")
    if known is not None and _exists(companies.get, known):
        return known
    keys = Keys(private_key=_gateway_key(), public_key=_gateway_key(), mode="test")
    company = companies.create(ACTOR, keys, name=COMPANY, contact_email=ADMIN_EMAIL)
    memory.put(company_id=company.id)
    return company.id


def _take_every_way(memory: Memory, company_id: str) -> None:
    """Want to be paid in every way, until somebody chooses otherwise."""
    if memory.get("ways_to_pay") != company_id:
        companies.update(ACTOR, company_id, payment_methods=list(Method))
        memory.put(ways_to_pay=company_id)


def _router(
    memory: Memory, company_id: str, access: RouterAccess, login_host: str, delivery: str
) -> str:
    reached: RouterValues = {
        "host": access.host,
        "port": access.port,
        "username": access.user,
        "password": access.password,
        "tls": "none",
        "login_hosts": [login_host],
    }
    known = memory.get("router_id")
    if known is not None and _exists(routers.get, company_id, known):
        return routers.update(ACTOR, company_id, known, **reached).id
    values: RouterValues = {"name": ROUTER, "location": LOCATION, "delivery": delivery, **reached}
    router, minted = routers.create(ACTOR, company_id, **values)
    memory.put(router_id=router.id, api_key=minted.token)
    return router.id


def _api_key(memory: Memory, company_id: str, router_id: str) -> None:
    """Have a key that opens the shop: another one where it was revoked or has expired."""
    good = {
        key.token_digest
        for key in api_keys.listing(company_id, router_id, MOST, 0).rows
        if api_keys.key_status(key) in (KeyStatus.ACTIVE, KeyStatus.RETIRING)
    }
    if token_digest(memory.get("api_key") or "") not in good:
        memory.put(api_key=api_keys.rotate(ACTOR, company_id, router_id).token)


def _person(memory: Memory, name: str, usual: str, place: UserValues) -> None:
    """Have somebody in this place whom the remembered password lets in."""
    password = memory.once(f"{name}_password", lambda: secrets.token_urlsafe(12))
    email = memory.once(f"{name}_email", lambda: usual)
    known = next((user for user in users.listing(MOST, 0).rows if user.email == email), None)
    values = UserValues(password=password, active=True)
    if known is None:
        values |= UserValues(email=email, name="Demo", **place)
        users.create(ACTOR, **values)
    elif not (known.active and passwords.fits(password, known.password_hash)):
        users.update(ACTOR, known.id, **values)


def _exists(get: Callable[..., object], *ids: str) -> bool:
    try:
        get(*ids)
    except NotFound:
        return False
    return True


def second_keys(memory: Memory) -> Keys:
    """Have keys at the second gateway too, until somebody enters others."""
    token = memory.once("second_token", lambda: f"APP_USR-{secrets.token_hex(16)}")
    secret = memory.once("second_secret", lambda: secrets.token_hex(32))
    public = memory.once("second_public", lambda: f"APP_USR-{secrets.token_hex(16)}")
    keys = Keys(private_key=token, public_key=public, mode="test", webhook_secret=secret)
    company_id = memory["company_id"]
    if gateway_accounts.at(company_id, SECOND).version is None:
        gateway_accounts.set_keys(ACTOR, company_id, keys, SECOND)
    return keys


def _gateway_key() -> str:
    """As Conekta's look; its sandbox opens an account of its own to each."""
    return "key_" + secrets.token_hex(12)
