"""Keep what a gateway tells us by itself; a worker asks how the order really stands."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal import ports
from portal.core.database import insert_new, reading, writing
from portal.core.errors import BadRequest, NotFound, Unauthorized
from portal.core.logs import log
from portal.core.records import from_now
from portal.models import Company, GatewayAccount, Sale, WebhookEvent
from portal.models.webhook_event import WebhookOutcome
from portal.payments.gateway import WebhookMessage, Webhooks
from portal.sales.refresh import sale_named

NO_COMPANY = "Empresa no encontrada"
NOT_SIGNED = "La firma del aviso no es válida."
# What nobody signed, anybody may have sent: so many webhooks are kept of a sale, and so many
# letters of each. A gateway tells less than half of that of any order, and what it tells in vain is
# asked for all the same.
UNSIGNED_OF_A_SALE = 20
UNSIGNED_LETTERS = 16 * 1024


def _everybody() -> None:
    """Let in whoever comes."""


def receive(
    provider: str,
    company_id: str,
    raw: bytes,
    header: Callable[[str], str | None],
    admit_unsigned: Callable[[], None] = _everybody,
) -> None:
    """Keep a webhook, once however often it comes. Nothing outside is asked.

    `header` gives the header of a name, one of which carries the provider's signature.

    Where the company has no key, `admit_unsigned` may raise instead, and only what is about a
    sale of the company's is kept. Raises NotFound, Unauthorized where the company has a key and
    none of its keys signed the bytes, BadRequest where they are none.
    """
    is_signed = _check_signature(provider, company_id, raw, header)
    if not is_signed:
        admit_unsigned()
    message = _webhooks(provider).read(raw)
    if message is None:
        raise BadRequest
    with reading() as session:
        sale = sale_named(session, company_id, message.order_id, message.reference)
        kept = is_signed or (sale is not None and _tells_news(session, sale))
    if kept:
        _keep(company_id, message, raw, sale, signed=is_signed)
    else:
        log().info("webhook not kept", company=company_id, type=message.type, known=bool(sale))


def _check_signature(
    provider: str, company_id: str, raw: bytes, header: Callable[[str], str | None]
) -> bool:
    """Tell whether it is signed, which it must be where there are keys."""
    webhooks, public_pems = _webhooks(provider), _public_pems(provider, company_id)
    if public_pems and not webhooks.is_signed(raw, header, public_pems):
        log().warning("webhook with a wrong signature", company=company_id)
        raise Unauthorized(NOT_SIGNED)
    return bool(public_pems)


def _webhooks(provider: str) -> Webhooks:
    return ports.provider_named(provider).webhooks


def _public_pems(provider: str, company_id: str) -> set[str]:
    """Collect the keys of all its credentials there: earlier ones may sign for a while."""
    query = (
        select(GatewayAccount.webhook_public_key)
        .select_from(Company)
        .outerjoin(
            GatewayAccount,
            (GatewayAccount.company_id == Company.id) & (GatewayAccount.provider == provider),
        )
        .where(Company.id == company_id)
        .distinct()
    )
    with reading() as session:
        found = session.scalars(query).all()
    if not found:
        raise NotFound(NO_COMPANY)
    return {pem for pem in found if pem}


def _tells_news(session: Session, sale: Sale) -> bool:
    """Tell whether an unsigned webhook tells more than those that are kept of this sale already.

    One that is due leads to a look at the order in a moment, and finds whatever is told now.
    """
    waits = and_(WebhookEvent.next_attempt_at <= from_now(), WebhookEvent.lease.is_(None))
    query = select(func.count(), func.count().filter(waits)).where(
        WebhookEvent.company_id == sale.company_id, WebhookEvent.reference == sale.id
    )
    kept, waiting = session.execute(query).one()
    return kept < UNSIGNED_OF_A_SALE and not waiting


def _keep(
    company_id: str, message: WebhookMessage, raw: bytes, sale: Sale | None, *, signed: bool
) -> None:
    about_an_order = message.order_id is not None or message.reference is not None
    values = {
        "company_id": company_id,
        "event_id": message.event_id,
        "type": message.type,
        "order_id": message.order_id,
        "reference": sale.id if sale else message.reference,
        "body": raw.decode() if signed else raw.decode()[:UNSIGNED_LETTERS],
        "signed": signed,
        "outcome": None if about_an_order else WebhookOutcome.NOT_OURS,
        "next_attempt_at": from_now() if about_an_order else None,
    }
    with writing() as session:
        new = insert_new(session, WebhookEvent, values)
    log().info("webhook", company=company_id, type=message.type, order=message.order_id, new=new)
