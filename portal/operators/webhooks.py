"""Having the gateway tell us by itself what happens, signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from portal.database import reading, writing
from portal.errors import Unavailable
from portal.models import Company, GatewayAccount
from portal.operators.audit import Actor, record
from portal.operators.gateway_accounts import KEY_REFUSED, NO_ANSWER, NOT_CONFIGURED, current
from portal.payments.gateway import Fault, Gateway, Refused, SigningKey, Subscribed, Unknown
from portal.ports import gateway_of, settings

NOT_TAKEN = (
    "Conekta no aceptó la dirección de avisos. Revise que PUBLIC_URL sea la dirección https "
    "con la que se llega a este servidor desde Internet."
)
UNASKED = ("unreachable", "no_time")

Made = TypeVar("Made", Subscribed, SigningKey)


@dataclass(frozen=True)
class Registration:
    """Where a company's notices go; `new_key` says whether they are signed with a new key."""

    url: str
    new_key: bool


def selling_companies() -> list[str]:
    """The active companies that have a gateway key, by id."""
    query = (
        select(Company.id)
        .join(GatewayAccount, GatewayAccount.company_id == Company.id)
        .where(Company.active, GatewayAccount.current)
        .where(GatewayAccount.private_key_sealed.is_not(None))
        .order_by(Company.id)
    )
    with reading() as session:
        return list(session.scalars(query))


def register(actor: Actor, company_id: str, *, renew: bool = False) -> Registration:
    """Subscribe to the company's notices; may be repeated.

    A key is made where none is stored yet, or to `renew` it. Raises NotFound, and Unavailable
    with what the operator can do.
    """
    account = current(company_id)
    if account is None or not account.private_key:
        raise Unavailable(NOT_CONFIGURED)
    gateway = gateway_of(account)
    url = notices_url(company_id)
    _expect(gateway.subscribe(url, settings().gateway_timeout))
    new_key = renew or not account.webhook_public_key
    pem = _new_pem(gateway) if new_key else None
    _store(actor, account, url, pem)
    return Registration(url, new_key)


def notices_url(company_id: str) -> str:
    """Where the gateway posts a company's notices."""
    return f"{settings().public_url.rstrip('/')}/api/v1/webhooks/conekta/{company_id}"


def _new_pem(gateway: Gateway) -> str:
    return _expect(gateway.new_signing_key(settings().gateway_timeout)).public_pem


def _expect(answer: Made | Refused | Unknown) -> Made:
    if isinstance(answer, Unknown) or (isinstance(answer, Refused) and answer.reason in UNASKED):
        raise Unavailable(NO_ANSWER)
    if isinstance(answer, Refused):
        raise Unavailable(KEY_REFUSED if answer.fault is Fault.OPERATOR else NOT_TAKEN)
    return answer


def _store(actor: Actor, account: GatewayAccount, url: str, pem: str | None) -> None:
    with writing() as session:
        if pem is not None:
            session.get_one(GatewayAccount, account.id).webhook_public_key = pem
        details = {"url": url, "new_key": pem is not None}
        record(session, actor, "webhooks.register", account.id, account.company_id, **details)
