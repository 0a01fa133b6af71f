"""Give money back, and let the worker try again, as an operator asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.core.errors import Conflict, NotFound
from portal.core.records import sane
from portal.models import GatewayAccount, Sale
from portal.models.sale_states import MONEY_STANDS
from portal.operators import transactions
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import ABSENT, owned_in
from portal.operators.trail.changes import between
from portal.operators.transactions import Told
from portal.sales.context import can_be_refunded
from portal.sales.deferred import by_hand
from portal.sales.deferred.part_payment import holds_part
from portal.sales.operator_refund import Note, refund_sale
from portal.sales.search.finding import is_named
from portal.sales.transitions import unpark as unpark_sale


@dataclass(frozen=True)
class WaysBack:
    """Say by which ways a sale's money can go back."""

    at_gateway: bool
    by_hand: bool


NOT_PARKED = "Esta venta no espera a nadie: el trabajador ya la atiende o está terminada."


def refund(
    actor: Actor, company_id: str, sale_id: str, reason: str, amount: int | None = None
) -> Told:
    """Give a sale's money back, whole; its state `refunding` means that it is not certain yet.

    Raises NotFound, and Conflict where nothing could be given back.
    """
    with reading() as session:
        sale = owned_in(session, Sale, sale_id, company_id)
    if amount not in (None, sale.amount):
        raise by_hand.OtherAmount
    on_record = _on_record(actor, AuditAction.SALE_REFUND, company_id, sale_id, reason)
    refund_sale(sale_id, reason, note=on_record)
    return transactions.get(company_id, sale_id)


def book_return(
    actor: Actor, company_id: str, sale_id: str, reason: str, amount: int | None = None
) -> Told:
    """Book that the operator has given the money back past the gateway.

    Raises NotFound, and Conflict where nothing goes back by hand.
    """
    with reading() as session:
        owned_in(session, Sale, sale_id, company_id)
    on_record = _on_record(actor, AuditAction.SALE_RETURN, company_id, sale_id, reason)
    by_hand.book_return(sale_id, reason, on_record, amount)
    return transactions.get(company_id, sale_id)


def _on_record(
    actor: Actor, action: AuditAction, company_id: str, sale_id: str, reason: str
) -> Note:
    """Put it on record in the transaction that does it: never what is refused, never unnamed."""

    def note(session: Session, before: str, after: str) -> None:
        changed = between({"state": before}, {"state": after})
        record(session, actor, action, sale_id, company_id, changed, reason=reason)

    return note


def ways_back(sale: Sale) -> WaysBack:
    """Tell by which ways the sale's money can go back. Of one of the company's, as it was read."""
    if holds_part(sale):
        return WaysBack(at_gateway=False, by_hand=True)
    if sale.state not in MONEY_STANDS or sale.amount_refunded:
        return WaysBack(at_gateway=False, by_hand=False)
    with reading() as session:
        if not sale.is_deferred:
            return WaysBack(True, by_hand.was_refused(session, sale.id))
        account = session.get_one(GatewayAccount, sale.gateway_account_id)
    is_refundable = can_be_refunded(account, sale.method)
    return WaysBack(is_refundable, not is_refundable)


def unpark(actor: Actor, company_id: str, sale_id: str) -> Told:
    """Give a parked sale back to the worker, due at once. Raises NotFound, Conflict."""
    with writing() as session:
        sale = owned_in(session, Sale, sale_id, company_id)
        if sale.parked_reason is None:
            raise Conflict(NOT_PARKED)
        freed = between({"parked_reason": sale.parked_reason}, {"parked_reason": None})
        record(session, actor, AuditAction.SALE_UNPARK, sale_id, company_id, freed)
        unpark_sale(session, sale)
    return transactions.get(company_id, sale_id)


def find(reference: str) -> tuple[str, str]:
    """Find company and id of a sale, for whoever runs the server. Raises NotFound.

    `reference` is the id, or as much of it as logs tell.
    """
    beginning = reference.removesuffix("…")
    wanted = select(Sale.company_id, Sale.id).where(is_named(beginning)).limit(2)
    with reading() as session:
        found = session.execute(wanted).all() if sane(beginning) else []
    if len(found) != 1:
        raise NotFound(ABSENT[Sale])
    return found[0].company_id, found[0].id
