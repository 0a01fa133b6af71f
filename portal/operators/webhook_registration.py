"""Have the gateways tell us by themselves what happens, signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core.database import reading, writing
from portal.core.errors import Unavailable
from portal.core.logs import log
from portal.core.vault import VaultError
from portal.models import Company, GatewayAccount, WebhookEvent
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.gateway_lookup import KEY_REFUSED, NO_ANSWER, current, usable
from portal.operators.lookup import apply
from portal.operators.public_address import is_on_loopback
from portal.payments.gateway import Fault, Refused, SigningKey, Subscribed, Unknown
from portal.ports import gateway_of, provider_named, provider_of, settings

NOT_TAKEN = (
    "{} no aceptó la dirección de avisos. Revise que PUBLIC_URL sea la dirección https "
    "con la que se llega a este servidor desde Internet."
)
SAVED = "Las llaves quedaron guardadas y se puede vender"
AGAIN = "flask webhooks register --empresa"
ON_LOOPBACK = (
    "{} no avisa de los pagos, solo se le pregunta: PUBLIC_URL falta o es una dirección de "
    "este mismo equipo. Póngala y ejecute {}"
)
UNREGISTERED = "{} no avisa de los pagos, solo se le pregunta. Ejecute {}"
REGISTERED = "{} avisa de cada pago, con su firma."
BY_HAND = (
    "{0} no avisa de los pagos, solo se le pregunta. En el panel de {0}, en Webhooks, ponga la "
    "dirección {1} para los avisos de órdenes, y escriba aquí la clave secreta que le muestra."
)
UNASKED = ("unreachable", "no_time")

Made = TypeVar("Made", Subscribed, SigningKey)


@dataclass(frozen=True)
class Registration:
    """Tell where a company's webhooks go; `new_key`: whether they are signed with a new key."""

    url: str
    new_key: bool


def selling_accounts() -> list[tuple[str, str]]:
    """List where active companies have a gateway key: the company's id, and the provider."""
    query = (
        select(Company.id, GatewayAccount.provider)
        .join(GatewayAccount, GatewayAccount.company_id == Company.id)
        .where(Company.active, GatewayAccount.current)
        .where(GatewayAccount.private_key_sealed.is_not(None))
        .order_by(Company.id, GatewayAccount.provider)
    )
    with reading() as session:
        return [(company_id, provider) for company_id, provider in session.execute(query)]


def told_by_hand(company_id: str, provider: str | None) -> str | None:
    """Say how it stands where only the company can enter our address; None elsewhere."""
    if provider is None or not provider_named(provider).webhooks.is_entered_by_hand:
        return None
    account = current(company_id, provider)
    return standing(account) if account else None


def register(
    actor: Actor, company_id: str, provider: str | None = None, *, renew: bool = False
) -> Registration:
    """Subscribe to the company's webhooks; may be repeated.

    A key is made where none is stored yet, or to `renew` it. Raises NotFound, and Unavailable
    with what the operator can do.
    """
    account = usable(company_id, provider)
    url, timeout = webhook_url(account), settings().gateway_timeout
    label = provider_of(account).label
    if provider_of(account).webhooks.is_entered_by_hand:
        raise Unavailable(BY_HAND.format(label, url))
    gateway = gateway_of(account)
    _expect(gateway.subscribe(url, timeout), label)
    new_key = renew or not account.webhook_public_key
    made = _expect(gateway.new_signing_key(timeout), label) if new_key else None
    pem = made.public_pem if made else None
    _store(actor, account, url, pem)
    return Registration(url, new_key)


def register_by_itself(actor: Actor, account: GatewayAccount) -> GatewayAccount:
    """Do as `register` where keys were entered; the account as it is then.

    Nothing is asked where the gateway could not reach us: `standing` says so. What goes wrong is
    an alert that says what to do.
    """
    unsigned = account.private_key_sealed is not None and not account.is_signed_for
    by_hand = provider_of(account).webhooks.is_entered_by_hand
    if not unsigned or by_hand or is_on_loopback():
        return account
    company_id = account.company_id
    try:
        register(actor, company_id, account.provider)
    except VaultError:
        return account
    except Unavailable as problem:
        message = f"{problem.detail} {SAVED}; para que avise, ejecute {AGAIN} {company_id}"
        with writing() as session:
            raise_alert(session, company_id, AlertKind.WEBHOOKS_NOT_REGISTERED, company_id, message)
    return current(company_id, account.provider) or account


def standing(account: GatewayAccount) -> str | None:
    """Say whether the gateway tells us by itself of what happens; None without keys."""
    if account.private_key_sealed is None:
        return None
    label = provider_of(account).label
    if account.is_signed_for:
        return REGISTERED.format(label)
    if provider_of(account).webhooks.is_entered_by_hand and not is_on_loopback():
        return BY_HAND.format(label, webhook_url(account))
    sentence = ON_LOOPBACK if is_on_loopback() else UNREGISTERED
    return f"{sentence.format(label, AGAIN)} {account.company_id}."


def last_delivery(company_id: str) -> WebhookEvent | None:
    """Give what the gateways told the company last."""
    query = select(WebhookEvent).where(WebhookEvent.company_id == company_id)
    with reading() as session:
        return session.scalars(query.order_by(WebhookEvent.id.desc()).limit(1)).first()


def webhook_url(account: GatewayAccount) -> str:
    """Give the address to which the gateway posts a company's webhooks."""
    base = settings().public_url.rstrip("/")
    return f"{base}/api/v1/webhooks/{account.provider}/{account.company_id}"


def _expect(answer: Made | Refused | Unknown, label: str) -> Made:
    if isinstance(answer, Unknown) or (isinstance(answer, Refused) and answer.reason in UNASKED):
        raise Unavailable(NO_ANSWER.format(label))
    if isinstance(answer, Refused):
        problem = KEY_REFUSED if answer.fault is Fault.OPERATOR else NOT_TAKEN
        raise Unavailable(problem.format(label))
    return answer


def _store(actor: Actor, account: GatewayAccount, url: str, pem: str | None) -> None:
    with writing() as session:
        row = session.get_one(GatewayAccount, account.id)
        changed = apply(row, {} if pem is None else {"webhook_public_key": pem})
        details = {"url": url, "new_key": pem is not None}
        action, company_id = AuditAction.WEBHOOKS_REGISTER, account.company_id
        record(session, actor, action, account.id, company_id, changed, **details)
        resolve_alerts(
            session, account.company_id, AlertKind.WEBHOOKS_NOT_REGISTERED, account.company_id
        )
    log().info("webhooks registered", company=account.company_id, new_key=pem is not None)
