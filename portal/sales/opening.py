"""The first write of a sale, before anything outside happens."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.credentials import NAME_DRAWS
from portal.access.errors import NothingToExtend
from portal.core.database import reading, writing
from portal.core.statements import FromNow, add_record
from portal.hotspot.deadline import Deadline
from portal.models import Access, Plan, Sale
from portal.models.sale_states import UNDECIDED, Actor
from portal.ports import settings
from portal.sales.context import SaleContext
from portal.sales.creation import new_access, new_sale, new_sale_visit
from portal.sales.errors import CannotExtend, DeviceBusy, PaymentUnavailable
from portal.sales.idempotency import begun_as
from portal.sales.offers import Offer
from portal.sales.request import PageVisit, PurchaseRequest
from portal.sales.transitions import record_opened


@dataclass(frozen=True)
class Begun:
    """This very purchase was asked for before."""

    sale_id: str


def open_sale(order: PurchaseRequest, offer: Offer, deadline: Deadline) -> SaleContext | Begun:
    """Write sale and access, or find that this purchase was begun before.

    Raises DeviceBusy, KeyReused, NothingToExtend, CannotExtend. The database's own constraints
    decide races; a collision of hotspot names draws again.
    """
    for _ in range(NAME_DRAWS):
        access = _standing(order, offer.plan) or new_access(order, offer)
        sale = new_sale(order, offer, access)
        try:
            _insert(sale, access, order.visit)
        except IntegrityError:
            begun = _find_begun(sale)
            if begun:
                return begun
            continue
        return SaleContext(sale, access, offer.router, offer.account, deadline, Actor.REQUEST)
    raise PaymentUnavailable


def _standing(order: PurchaseRequest, plan: Plan) -> Access | None:
    """The access that the order adds to. Raises NothingToExtend, CannotExtend."""
    if order.extends_access_id is None:
        return None
    with reading() as session:
        access = session.get(Access, order.extends_access_id)
    if access is None or access.router_id != order.router_id or access.wanted != "enabled":
        raise NothingToExtend
    if not can_grow(access, plan):
        raise CannotExtend
    # Whoever holds it at this moment, it is not us: its lease is taken when it is worked on.
    access.lease = None
    return access


def can_grow(access: Access, plan: Plan) -> bool:
    """Whether buying this plan adds to the access and changes nothing else of it.

    One hotspot user has one profile and one limit of each kind. Two limits at once would not
    stay apart: data of the one purchase could be used in the time of the other.
    """
    one_limit = (plan.duration_seconds is None) != (plan.data_limit is None)
    return access.wanted == "enabled" and one_limit and _terms(access) == _terms(plan)


def _terms(sold: Access | Plan) -> tuple[object, ...]:
    has_data = sold.data_limit is not None
    return (sold.profile_name, sold.duration_from, has_data, sold.max_devices, sold.speed)


def _insert(sale: Sale, access: Access, visit: PageVisit | None) -> None:
    lease = FromNow(settings().sale_lease)
    with writing() as session:
        if not sale.extends:
            add_record(session, access, lease_until=lease)
        add_record(session, sale, lease_until=lease, next_attempt_at=lease)
        if visit:
            add_record(session, new_sale_visit(sale, visit))
        record_opened(session, sale, Actor.REQUEST)


def _find_begun(sale: Sale) -> Begun | None:
    with reading() as session:
        begun = begun_as(session, sale.router_id, sale.idempotency_key, sale.request_digest)
        if begun:
            return Begun(begun)
        if _device_is_busy(session, sale):
            raise DeviceBusy
    return None


def _device_is_busy(session: Session, sale: Sale) -> bool:
    query = select(Sale.id).where(
        Sale.router_id == sale.router_id, Sale.device == sale.device, Sale.state.in_(UNDECIDED)
    )
    return session.scalar(query) is not None
