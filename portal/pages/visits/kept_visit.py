"""Keep a sale's visit for who comes back without it: from the bank, or by Back."""

from __future__ import annotations

from sqlalchemy import select, update

from portal.core.database import reading, writing
from portal.core.vault import VaultError
from portal.models import Sale, SaleVisit, utc_now
from portal.pages.visits.seals import Scope
from portal.pages.visits.visit import Visit, new_visit, open_visit
from portal.sales.purchase import PUBLIC_STATES, PublicState, SaleStatus, status_of
from portal.sales.request import PageVisit

# Tries that may have taken money, or still may.
STANDS = tuple(state for state, public in PUBLIC_STATES.items() if public != PublicState.CANCELED)


def page_visit(visit: Visit) -> PageVisit:
    """Give the visit as a sale keeps it."""
    return PageVisit(id=visit.id, text=visit.sealed())


def kept_visit(sale: Sale) -> Visit:
    """Give the visit that the sale came from while fresh; else what is known of the device."""
    return _kept(sale) or new_visit(_scope(sale), mac=sale.mac, ip=sale.ip)


def later_try(sale_status: SaleStatus) -> SaleStatus | None:
    """Find the latest try of the same visit after this one that may have taken money."""
    sale = sale_status.sale
    visit_id = select(SaleVisit.visit_id).where(SaleVisit.id == sale.id).scalar_subquery()
    query = (
        select(Sale.id)
        .join(SaleVisit, SaleVisit.id == Sale.id)
        .where(
            SaleVisit.visit_id == visit_id,
            Sale.router_id == sale.router_id,
            Sale.created_at > sale.created_at,
            Sale.state.in_(STANDS),
        )
    )
    with reading() as session:
        sale_id = session.scalar(query.order_by(Sale.created_at.desc()).limit(1))
    return status_of(sale_id) if sale_id else None


def leave_for_bank(sale: Sale) -> bool:
    """Note that the page leads to the bank by itself; True only once, so that Back leads back."""
    first = (
        update(SaleVisit)
        .where(SaleVisit.id == sale.id, SaleVisit.sent_to_bank_at.is_(None))
        .values(sent_to_bank_at=utc_now())
    )
    with writing() as session:
        return bool(getattr(session.execute(first), "rowcount", 0))


def _kept(sale: Sale) -> Visit | None:
    with reading() as session:
        row = session.get(SaleVisit, sale.id)
    try:
        visit = open_visit(_scope(sale), row.visit) if row else Visit()
    except VaultError:
        # Without the key of old the pages do with less.
        return None
    return None if visit.is_bare else visit


def _scope(sale: Sale) -> Scope:
    return Scope(sale.company_id, sale.router_id)
