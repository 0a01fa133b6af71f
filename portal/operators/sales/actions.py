"""Have a sale carried on at once, its access made again, or its receipt sent once more."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.access.desired_state import claim_one_access, set_desired
from portal.access.reconciler import reconcile_access
from portal.core.database import reading, writing
from portal.core.errors import Conflict, Unavailable
from portal.core.leases import LostRace
from portal.core.mail import MailDelayed, MailRefused, send_mail
from portal.core.records import from_now
from portal.models import Access, Sale
from portal.models.access import AccessState
from portal.models.sale_states import SaleActor, SaleState
from portal.operators import transactions
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import owned_in
from portal.operators.transactions import Told
from portal.ports import settings
from portal.sales.deferred.part_payment import holds_part
from portal.sales.receipts.message import Receipt, receipts, written
from portal.sales.receipts.sent import note_sent
from portal.sales.refresh import refresh

NOTHING_WAITS = "Esta venta no espera nada: no hay qué reintentar."
PARKED = "Esta venta espera a una persona: decida primero, y luego siga con ella."
NO_PART = "De esta venta no llegó una parte: no hay qué preguntar a la pasarela."
NOT_ASKED = "La pasarela no respondió, u otra operación trabaja con esta venta. Intente de nuevo."
NOT_DELIVERED = "Solo se entrega otra vez un acceso vendido y vigente; este ya no lo es."
BLOCKED = "Alguien desactivó este acceso en el router: actívelo ahí, o devuelva el dinero."
NO_MAIL = "Esta instalación no tiene un servidor de correo (SMTP_HOST)."
NO_BUYER = "Los datos de este comprador ya se borraron: no hay a quién enviarlo."
NOT_TAKEN = "El servidor de correo no acepta la dirección del comprador."
MAIL_AWAY = "El servidor de correo no respondió. Intente de nuevo en unos minutos."


def retry(actor: Actor, company_id: str, sale_id: str) -> Told:
    """Let the worker take it up at once instead of when it is due. Raises NotFound, Conflict."""
    with writing() as session:
        sale = owned_in(session, Sale, sale_id, company_id)
        if sale.parked_reason is not None:
            raise Conflict(PARKED)
        if sale.next_attempt_at is None:
            raise Conflict(NOTHING_WAITS)
        record(session, actor, AuditAction.SALE_RETRY, sale_id, company_id, state=sale.state)
        session.execute(
            update(Sale)
            .where(Sale.id == sale_id, Sale.next_attempt_at.is_not(None))
            .values(next_attempt_at=from_now(), attempts=0),
            execution_options={"synchronize_session": False},
        )
    return transactions.get(company_id, sale_id)


def ask_gateway(actor: Actor, company_id: str, sale_id: str) -> Told:
    """Ask the gateway whether the rest of the price has come, and follow what it says.

    Nothing of the database is held meanwhile. Raises NotFound, Unavailable, and Conflict where no
    part of the price waits for a person.
    """
    with writing() as session:
        sale = owned_in(session, Sale, sale_id, company_id)
        if not holds_part(sale):
            raise Conflict(NO_PART)
        record(session, actor, AuditAction.SALE_REFRESH, sale_id, company_id)
    was_asked = False
    with suppress(LostRace):
        was_asked = refresh(sale_id, SaleActor.OPERATOR)
    if not was_asked:
        raise Unavailable(NOT_ASKED)
    return transactions.get(company_id, sale_id)


def deliver_again(actor: Actor, company_id: str, sale_id: str) -> bool:
    """Make the access on its router again, as it was sold; whether the router has it now.

    Where it has not, the worker goes on. Raises NotFound, and Conflict where nothing is to be
    delivered any more.
    """
    with writing() as session:
        sale = owned_in(session, Sale, sale_id, company_id)
        access = _to_deliver(session, sale)
        record(session, actor, AuditAction.SALE_DELIVER, sale_id, company_id)
        set_desired(session, access, AccessState.ENABLED, 0)
    if claim := claim_one_access(access.id):
        with suppress(LostRace):
            reconcile_access(claim)
    with reading() as session:
        return session.get_one(Access, access.id).actual == AccessState.ENABLED


def _to_deliver(session: Session, sale: Sale) -> Access:
    access = session.get_one(Access, sale.access_id)
    if sale.state != SaleState.DELIVERED or access.wanted != AccessState.ENABLED:
        raise Conflict(NOT_DELIVERED)
    if access.blocked_at is not None:
        raise Conflict(BLOCKED)
    return access


def send_receipt(actor: Actor, company_id: str, sale_id: str) -> str:
    """Send the buyer the receipt once more, and give the address that it went to.

    Raises NotFound, Conflict, Unavailable, VaultError. Nothing of the database is held meanwhile.
    """
    receipt = _receipt(actor, company_id, sale_id)
    try:
        send_mail(written(receipt), settings())
    except MailRefused:
        raise Conflict(NOT_TAKEN) from None
    except MailDelayed:
        raise Unavailable(MAIL_AWAY) from None
    note_sent(sale_id)
    return receipt.sale.customer_email


def _receipt(actor: Actor, company_id: str, sale_id: str) -> Receipt:
    with writing() as session:
        sale = owned_in(session, Sale, sale_id, company_id)
        if not settings().smtp_host:
            raise Conflict(NO_MAIL)
        receipt = Receipt(*session.execute(receipts().where(Sale.id == sale_id)).one())
        if sale.state != SaleState.DELIVERED or receipt.access.wanted != AccessState.ENABLED:
            raise Conflict(NOT_DELIVERED)
        if sale.erased_at is not None:
            raise Conflict(NO_BUYER)
        # To whom stands in the sale: what is kept for good holds no address of a buyer.
        record(session, actor, AuditAction.SALE_RECEIPT, sale_id, company_id)
    return receipt
