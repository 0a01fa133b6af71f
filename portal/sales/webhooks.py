"""Keeps what the gateway tells us by itself; a worker asks how the order really stands."""

from __future__ import annotations

from sqlalchemy import select

from portal import ports
from portal.database import insert_new, reading, writing
from portal.errors import BadRequest, NotFound, Unauthorized
from portal.logs import log
from portal.models import Company, GatewayAccount, WebhookEvent
from portal.models.clock import from_now
from portal.payments.gateway import Notice

NO_COMPANY = "Empresa no encontrada"
NOT_SIGNED = "La firma del aviso no es válida."
NOT_OURS = "not ours"


def receive(company_id: str, raw: bytes, signature: str | None) -> None:
    """Keep a notice, once however often it comes. Nothing outside is asked.

    Raises NotFound, Unauthorized where the company has a key and none of its keys signed the
    bytes, BadRequest where they are no notice.
    """
    public_pems = _public_pems(company_id)
    notices = ports.notices()
    if public_pems and not notices.is_signed(raw, signature, public_pems):
        log().warning("webhook with a wrong signature", company=company_id)
        raise Unauthorized(NOT_SIGNED)
    notice = notices.read(raw)
    if notice is None:
        raise BadRequest
    _keep(company_id, notice, raw, signed=bool(public_pems))


def _public_pems(company_id: str) -> set[str]:
    """Of all versions of the company's credentials, as earlier ones may sign for a while."""
    query = (
        select(GatewayAccount.webhook_public_key)
        .select_from(Company)
        .outerjoin(GatewayAccount, GatewayAccount.company_id == Company.id)
        .where(Company.id == company_id)
        .distinct()
    )
    with reading() as session:
        found = session.scalars(query).all()
    if not found:
        raise NotFound(NO_COMPANY)
    return {pem for pem in found if pem}


def _keep(company_id: str, notice: Notice, raw: bytes, *, signed: bool) -> None:
    about_an_order = notice.order_id is not None or notice.reference is not None
    values = {
        "company_id": company_id,
        "event_id": notice.event_id,
        "type": notice.type,
        "order_id": notice.order_id,
        "reference": notice.reference,
        "body": raw.decode(),
        "signed": signed,
        "outcome": None if about_an_order else NOT_OURS,
        "next_attempt_at": from_now() if about_an_order else None,
    }
    with writing() as session:
        new = insert_new(session, WebhookEvent, values)
    log().info("webhook", company=company_id, kind=notice.type, order=notice.order_id, new=new)
