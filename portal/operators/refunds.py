"""Give money back, and let the worker try again, as an operator asks for it."""

from __future__ import annotations

from sqlalchemy import select

from portal.core.database import reading, writing
from portal.core.errors import Conflict, NotFound
from portal.core.records import sane
from portal.models import Sale
from portal.models.sale_states import SaleState
from portal.operators import transactions
from portal.operators.audit import Actor, AuditAction, record
from portal.operators.lookup import ABSENT, owned_in
from portal.operators.trail.changes import between
from portal.operators.transactions import Told
from portal.sales.operator_refund import refund_sale
from portal.sales.search.finding import is_named
from portal.sales.transitions import unpark as unpark_sale

NOT_PARKED = "Esta venta no espera a nadie: el trabajador ya la atiende o está terminada."


def refund(actor: Actor, company_id: str, sale_id: str, reason: str) -> Told:
    """Give a sale's money back, whole; its state `refunding` means that it is not certain yet.

    Raises NotFound, and Conflict where nothing could be given back.
    """
    with writing() as session:
        sale = owned_in(session, Sale, sale_id, company_id)
        # Written before anything outside happens: what is asked for is never without a name.
        record(
            session,
            actor,
            AuditAction.SALE_REFUND,
            sale_id,
            company_id,
            between({"state": sale.state}, {"state": SaleState.REFUNDING}),
            reason=reason,
        )
    refund_sale(sale_id, reason)
    return transactions.get(company_id, sale_id)


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
