"""Decide who may have a payment pass: by what is stored of a sale, never by what a phone says.

That the gateway has an order is told by the sale alone: it is `pending` only where the gateway's
own answer said so, whose order's id stands with it.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.access.payment_pass.answers import PassAnswer, PassStatus
from portal.core.records import from_now
from portal.models import Company, PaymentPass, Router, Sale, utc_now
from portal.models.passes.payment_pass import PASS_STANDS
from portal.models.router import Delivery
from portal.models.sale_states import SaleState
from portal.payments.methods import Method

DAY, HOUR = timedelta(days=1).total_seconds(), timedelta(hours=1).total_seconds()
NOT_WAITING = PassStatus(PassAnswer.NOT_WAITING)
NOT_OFFERED = PassStatus(PassAnswer.NOT_OFFERED)
OFFERED = PassStatus(PassAnswer.OFFERED)


def status_in(session: Session, company: Company, router: Router, sale: Sale) -> PassStatus:
    """Tell how the sale's device stands to a pass. Raced by nobody who holds the company."""
    if not waits_for_buyer(sale):
        return NOT_WAITING
    if sale.mac is None or not gives_passes(company, router):
        return NOT_OFFERED
    standing = standing_pass(session, sale)
    return _counted(session, company, sale) if standing is None else _of(standing)


def gives_passes(company: Company, router: Router) -> bool:
    """Tell whether passes are given at this router at all."""
    is_wanted = company.passes_per_device > 0 and company.passes_per_router > 0
    return is_wanted and company.active and router.active and router.delivery == Delivery.API


def waits_for_buyer(sale: Sale) -> bool:
    """Tell whether the gateway holds an order of this sale, and has sent its buyer elsewhere.

    That is to the bank, to confirm a card or to send a transfer; who pays in a shop needs none. The
    gateway's own frame shows the bank's page within itself, and tells us of it as little as it may.
    Where a part of the price came, nothing more is to be paid.
    """
    is_unpaid = sale.state == SaleState.PENDING and sale.amount_received is None
    has_order = is_unpaid and sale.order_id is not None
    sends = sale.method == Method.TRANSFER and sale.instructions is not None
    in_frame = sale.checkout_id is not None
    return has_order and (sends or in_frame or sale.action_url is not None)


def standing_pass(session: Session, sale: Sale) -> PaymentPass | None:
    """Find the device's pass, whichever of its sales it was given for."""
    mine = (PaymentPass.router_id == sale.router_id) & (PaymentPass.mac == sale.mac)
    same = mine | (PaymentPass.sale_id == sale.id)
    return session.scalars(select(PaymentPass).where(same, PASS_STANDS).limit(1)).first()


def _of(standing: PaymentPass) -> PassStatus:
    if standing.ended_at is None and standing.expires_at > utc_now():
        return PassStatus(PassAnswer.STANDS, standing.expires_at)
    # It is over, and the router has not said so yet.
    return PassStatus(PassAnswer.ROUTER_AWAY)


def _counted(session: Session, company: Company, sale: Sale) -> PassStatus:
    of_device = (PaymentPass.company_id == company.id) & (PaymentPass.mac == sale.mac)
    if _given(session, of_device, DAY) >= company.passes_per_device:
        return PassStatus(PassAnswer.DEVICE_LIMIT)
    of_router = PaymentPass.router_id == sale.router_id
    if _given(session, of_router, HOUR) >= company.passes_per_router:
        return PassStatus(PassAnswer.ROUTER_LIMIT)
    return OFFERED


def _given(session: Session, which: ColumnElement[bool], seconds: float) -> int:
    lately = PaymentPass.created_at > from_now(-seconds)
    query = select(func.count()).select_from(PaymentPass).where(which, lately)
    return session.scalars(query).one()
