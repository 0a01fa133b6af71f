"""Carry a purchase from what is asked for to the access that works, and tell how a sale stands."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from threading import BoundedSemaphore

import structlog
from sqlalchemy import Select, bindparam, or_, select

from portal.alerts.heartbeats import look_for_workers
from portal.core.database import DATABASE_AWAY, reading
from portal.core.errors import Problem
from portal.core.leases import LostRace
from portal.core.logs import log, where
from portal.core.metrics import workers_are_stale
from portal.core.records import from_now
from portal.hotspot.deadline import Deadline, pauses
from portal.models import Access, Sale
from portal.models.access import AccessState
from portal.models.sale_states import CancelReason, SaleState
from portal.payments.methods import Card, Means, Method
from portal.ports import settings
from portal.sales.context import SaleContext, kept
from portal.sales.creation import Begun, Unpaid, open_sale
from portal.sales.deferred.offering import deferred_means, find_deferred_offer
from portal.sales.deferred.replacing import replace_unpaid
from portal.sales.errors import DeviceBusy, problem_of
from portal.sales.idempotency import begun_before
from portal.sales.request import PurchaseRequest, find_offer, reach_for_both_ends
from portal.sales.steps.cancellation import finish_canceling
from portal.sales.steps.charge import charge, prepare
from portal.sales.steps.delivery import deliver

POLL_FIRST, POLL_LONGEST = 0.05, 0.5
# Requests of a process that wait for others: whoever repeats a slow purchase holds no more of it.
MOST_WAITING = 8
_waiting = BoundedSemaphore(MOST_WAITING)


class PublicState(StrEnum):
    """Name how a sale stands for its buyer, as the contract spells it."""

    PENDING = "pending"
    PAID = "paid"
    DECLINED = "declined"
    CANCELED = "canceled"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"


PUBLIC_STATES: dict[str, PublicState] = {
    SaleState.OPENED: PublicState.PENDING,
    SaleState.PREPARED: PublicState.PENDING,
    SaleState.CHARGING: PublicState.PENDING,
    SaleState.PENDING: PublicState.PENDING,
    SaleState.PAID: PublicState.PAID,
    SaleState.DELIVERED: PublicState.PAID,
    SaleState.REFUNDING: PublicState.PAID,
    SaleState.CANCELING: PublicState.CANCELED,
    SaleState.CANCELED: PublicState.CANCELED,
    SaleState.REFUNDED: PublicState.REFUNDED,
    SaleState.CHARGED_BACK: PublicState.CHARGED_BACK,
}
DECLINED = (CancelReason.DECLINED, CancelReason.REFUSED)
# Built once: that takes longer than asking.
BOTH = select(Sale, Access).select_from(Sale).join(Access, Access.id == Sale.access_id)
BY_ID = BOTH.where(Sale.id == bindparam("sale_id"))
BY_REFERENCE = BOTH.where(
    Sale.router_id == bindparam("router_id"),
    or_(Sale.id == bindparam("reference"), Sale.order_id == bindparam("reference")),
)


@dataclass(frozen=True)
class SaleStatus:
    """Hold a sale and its access as they were read together."""

    sale: Sale
    access: Access

    @property
    def public_state(self) -> PublicState:
        """Tell how the sale stands for its buyer."""
        state = PUBLIC_STATES[self.sale.state]
        is_declined = state is PublicState.CANCELED and self.sale.cancel_reason in DECLINED
        return PublicState.DECLINED if is_declined else state

    @property
    def is_open(self) -> bool:
        """Tell whether the credentials work now, as far as we know."""
        return self.sale.state == SaleState.DELIVERED and self.access.wanted == AccessState.ENABLED

    @property
    def is_buyers_own(self) -> bool:
        """Tell whether the sale made its access: who only adds to one is told nothing of it."""
        return not self.sale.extends

    @property
    def is_decided(self) -> bool:
        """Tell whether the money is settled, one way or the other."""
        return self.public_state != PublicState.PENDING


def buy(order: PurchaseRequest) -> SaleStatus:
    """Sell, once however often the same is asked; give how the sale stands then.

    Raises the problems of `portal.sales.errors` where the purchase ended before a charge
    was asked for.
    """
    deadline = Deadline(settings().sale_deadline)
    opened = _open(order, deadline)
    if isinstance(opened, Unpaid):
        replace_unpaid(opened.sale_id)
        opened = _open(order, deadline)
    if isinstance(opened, Unpaid):
        raise DeviceBusy
    if isinstance(opened, Begun):
        wait_for_request(opened.sale_id, deadline)
        return status_of(opened.sale_id)
    structlog.contextvars.bind_contextvars(sale=opened.sale.id)
    sale_status = _carry_out(opened, _means(order, opened.sale))
    if workers_are_stale():
        look_for_workers()
    return sale_status


def _means(order: PurchaseRequest, sale: Sale) -> Means | None:
    if order.in_frame:
        return None
    if order.card_token is not None:
        return Card(order.card_token)
    return deferred_means(order, sale)


def _open(order: PurchaseRequest, deadline: Deadline) -> SaleContext | Begun | Unpaid:
    """Open the sale; of one begun before give how it stands, whatever speaks against it now."""
    try:
        is_card = order.method == Method.CARD
        offer = find_offer(order) if is_card else find_deferred_offer(order)
        ends = reach_for_both_ends(order, offer)
        opened = open_sale(order, offer, deadline)
    except Problem:
        begun = begun_before(order)
        if begun is None:
            raise
        return Begun(begun)
    if isinstance(opened, SaleContext):
        opened.in_frame = order.in_frame
        opened.hotspot, opened.gateway = ends.hotspot, ends.gateway
    return opened


def _carry_out(context: SaleContext, means: Means | None) -> SaleStatus:
    try:
        return _carried_out(context, means)
    except DATABASE_AWAY as error:
        # Once money was asked for, whoever is told to come again later would pay again.
        if context.sale.charging_at is None:
            raise
        log().error("database_away", error=type(error).__name__, where=where(error))
        return SaleStatus(context.sale, context.access)


def _carried_out(context: SaleContext, means: Means | None) -> SaleStatus:
    try:
        with kept(context):
            _walk(context, means)
    except LostRace:
        # Somebody else carries the sale on, and its row says how it stands.
        return status_of(context.sale.id)
    # An access that stood before may be changed by others meanwhile.
    return (
        status_of(context.sale.id)
        if context.sale.extends
        else SaleStatus(context.sale, context.access)
    )


def _walk(context: SaleContext, means: Means | None) -> None:
    prepare(context)
    if means is None:
        # The buyer is charged in the gateway's own frame, or nothing is.
        return
    charge(context, means)
    if context.sale.state == SaleState.CANCELING:
        finish_canceling(context)
        if context.complaint is not None:
            raise problem_of(context.complaint)
    if context.sale.state == SaleState.PAID:
        deliver(context)


def wait_for_request(sale_id: str, deadline: Deadline) -> None:
    """Wait while another request works on this sale; not at all where too many wait already."""
    if not _waiting.acquire(blocking=False):
        return
    try:
        _look_again(sale_id, deadline)
    finally:
        _waiting.release()


def _look_again(sale_id: str, deadline: Deadline) -> None:
    """Wait until nobody works on it. Nothing is held between the looks."""
    for pause in pauses(POLL_FIRST, POLL_LONGEST):
        if deadline.passed or not _is_worked_on(sale_id):
            return
        time.sleep(deadline.remaining(pause))


def _is_worked_on(sale_id: str) -> bool:
    with reading() as session:
        query = session.query(Sale.id).filter(
            Sale.id == sale_id, Sale.lease.is_not(None), Sale.lease_until > from_now()
        )
        return query.first() is not None


def status_of(sale_id: str) -> SaleStatus:
    """Tell how this sale stands. One query."""
    return _read(BY_ID, sale_id=sale_id)[0]


def find_status(router_id: str, reference: str) -> SaleStatus | None:
    """Give the sale of this router with this id of ours, or this order id of the gateway."""
    found = _read(BY_REFERENCE, router_id=router_id, reference=reference)
    return found[0] if found else None


def _read(query: Select[Sale, Access], **values: str) -> list[SaleStatus]:
    with reading() as session:
        return [SaleStatus(sale, access) for sale, access in session.execute(query, values)]
