"""Have the gateway tell us by itself what happens, signed."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy import select

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core.database import reading, writing
from portal.core.errors import Unavailable
from portal.core.logs import log
from portal.core.vault import VaultError
from portal.models import Company, GatewayAccount
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.gateway_lookup import KEY_REFUSED, NO_ANSWER, current, usable
from portal.payments.gateway import Fault, Gateway, Refused, SigningKey, Subscribed, Unknown
from portal.ports import gateway_of, settings

NOT_TAKEN = (
    "Conekta no aceptó la dirección de avisos. Revise que PUBLIC_URL sea la dirección https "
    "con la que se llega a este servidor desde Internet."
)
SAVED = "Las llaves quedaron guardadas y se puede vender"
AGAIN = "flask webhooks register --empresa"
ON_LOOPBACK = (
    "Conekta no avisa de los pagos, solo se le pregunta: PUBLIC_URL falta o es una dirección de "
    f"este mismo equipo. Póngala y ejecute {AGAIN}"
)
UNREGISTERED = f"Conekta no avisa de los pagos, solo se le pregunta. Ejecute {AGAIN}"
REGISTERED = "Conekta avisa de cada pago, con su firma."
UNASKED = ("unreachable", "no_time")

Made = TypeVar("Made", Subscribed, SigningKey)


@dataclass(frozen=True)
class Registration:
    """Tell where a company's webhooks go; `new_key`: whether they are signed with a new key."""

    url: str
    new_key: bool


def selling_companies() -> list[str]:
    """List the active companies that have a gateway key, by id."""
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
    """Subscribe to the company's webhooks; may be repeated.

    A key is made where none is stored yet, or to `renew` it. Raises NotFound, and Unavailable
    with what the operator can do.
    """
    account = usable(company_id)
    gateway = gateway_of(account)
    url = webhook_url(company_id)
    _expect(gateway.subscribe(url, settings().gateway_timeout))
    new_key = renew or not account.webhook_public_key
    pem = _new_pem(gateway) if new_key else None
    _store(actor, account, url, pem)
    return Registration(url, new_key)


def register_by_itself(actor: Actor, account: GatewayAccount) -> GatewayAccount:
    """Do as `register` where keys were entered; the account as it is then.

    Nothing is asked where the gateway could not reach us: `standing` says so. What goes wrong is
    an alert that says what to do.
    """
    unsigned = account.private_key_sealed is not None and not account.webhook_public_key
    if not unsigned or _is_on_loopback():
        return account
    company_id = account.company_id
    try:
        register(actor, company_id)
    except VaultError:
        return account
    except Unavailable as problem:
        message = f"{problem.detail} {SAVED}; para que avise, ejecute {AGAIN} {company_id}"
        with writing() as session:
            raise_alert(session, company_id, AlertKind.WEBHOOKS_NOT_REGISTERED, company_id, message)
    return current(company_id) or account


def standing(account: GatewayAccount) -> str | None:
    """Say whether the gateway tells us by itself of what happens; None without keys."""
    if account.private_key_sealed is None:
        return None
    if account.webhook_public_key:
        return REGISTERED
    return f"{ON_LOOPBACK if _is_on_loopback() else UNREGISTERED} {account.company_id}."


def webhook_url(company_id: str) -> str:
    """Give the address where the gateway posts a company's webhooks."""
    return f"{settings().public_url.rstrip('/')}/api/v1/webhooks/conekta/{company_id}"


def _is_on_loopback() -> bool:
    """Whether PUBLIC_URL leads nowhere but to the machine that reads it."""
    host = urlsplit(settings().public_url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


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
        record(
            session, actor, AuditAction.WEBHOOKS_REGISTER, account.id, account.company_id, **details
        )
        resolve_alerts(
            session, account.company_id, AlertKind.WEBHOOKS_NOT_REGISTERED, account.company_id
        )
    log().info("webhooks registered", company=account.company_id, new_key=pem is not None)
