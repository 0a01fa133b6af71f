"""Keep what a gateway tells us by itself; a worker asks how the order really stands."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal import ports
from portal.core.database import reading, writing
from portal.core.errors import BadRequest, NotFound, Unauthorized
from portal.core.logs import log
from portal.core.records import from_now
from portal.core.rows.inserting import insert_new
from portal.core.vault import VaultError
from portal.models import Company, GatewayAccount, Sale, WebhookEvent
from portal.models.webhook_event import WebhookOutcome
from portal.payments.gateway import WebhookMessage, Webhooks
from portal.sales.missing_keys import tell_of_lost_key
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
    webhooks, keys = _webhooks(provider), _signing_keys(provider, company_id)
    if keys and not webhooks.is_signed(raw, header, keys):
        log().warning("webhook with a wrong signature", company=company_id)
        raise Unauthorized(NOT_SIGNED)
    return bool(keys)


def _webhooks(provider: str) -> Webhooks:
    return ports.provider_named(provider).webhooks


def _signing_keys(provider: str, company_id: str) -> set[str]:
    """Collect the keys of all its credentials there: earlier ones may sign for a while."""
    query = (
        select(GatewayAccount)
        .select_from(Company)
        .outerjoin(
            GatewayAccount,
            (GatewayAccount.company_id == Company.id) & (GatewayAccount.provider == provider),
        )
        .where(Company.id == company_id)
    )
    with reading() as session:
        found = session.scalars(query).all()
    if not found:
        raise NotFound(NO_COMPANY)
    return {key for account in found if account for key in _keys_of(account)}


def _keys_of(account: GatewayAccount) -> Iterator[str]:
    if account.webhook_public_key:
        yield account.webhook_public_key
    if account.webhook_secret_sealed is not None:
        yield _secret_of(account)


def _secret_of(account: GatewayAccount) -> str:
    """Read the secret; where it cannot be, nothing is signed with what stands in its place."""
    try:
        return str(account.webhook_secret)
    except VaultError as error:
        tell_of_lost_key(error)
        return secrets.token_hex()


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
