"""Write a sale and its access for the first time, before anything outside happens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.desired_state import NAME_DRAWS, draw_credentials, put_rounds
from portal.access.errors import NothingToExtend
from portal.core.database import reading
from portal.core.records import new_id
from portal.core.rows.batch import RowBatch
from portal.core.rows.columns import FromNow, new_record
from portal.hotspot.deadline import Deadline
from portal.models import Access, Plan, Sale, SaleVisit
from portal.models.access import AccessState
from portal.models.sale_states import UNDECIDED, SaleActor, SaleState
from portal.payments.methods import Method
from portal.ports import settings
from portal.sales.context import SaleContext
from portal.sales.errors import AccessBlocked, CannotExtend, DeviceBusy, PaymentUnavailable
from portal.sales.idempotency import begun_as
from portal.sales.request import Offer, PageVisit, PurchaseRequest
from portal.sales.transitions import record_opened


@dataclass(frozen=True)
class Begun:
    """Say that this very purchase was asked for before."""

    sale_id: str


@dataclass(frozen=True)
class Unpaid:
    """Say that the device was given another way to pay, a deferred one, and has not paid yet."""

    sale_id: str


def open_sale(
    order: PurchaseRequest, offer: Offer, deadline: Deadline
) -> SaleContext | Begun | Unpaid:
    """Write sale and access, or find that this purchase was begun before, or another is unpaid.

    Raises DeviceBusy, KeyReused, NothingToExtend, AccessBlocked, CannotExtend. The database's own
    constraints decide races; a collision of hotspot names draws again.
    """
    for _ in range(NAME_DRAWS):
        access = _standing(order, offer.plan) or new_access(order, offer)
        sale = new_sale(order, offer, access)
        try:
            _insert(sale, access, order.visit)
        except IntegrityError:
            if standing := _find_standing(sale):
                return standing
            continue
        return SaleContext(sale, access, offer.router, offer.account, deadline, SaleActor.REQUEST)
    raise PaymentUnavailable


def _standing(order: PurchaseRequest, plan: Plan) -> Access | None:
    """Find the access that the order adds to.

    Raises NothingToExtend, AccessBlocked, CannotExtend.
    """
    if order.extends_access_id is None:
        return None
    with reading() as session:
        access = session.get(Access, order.extends_access_id)
    if (
        access is None
        or access.router_id != order.router_id
        or access.wanted != AccessState.ENABLED
    ):
        raise NothingToExtend
    if access.blocked_at is not None:
        raise AccessBlocked
    if not can_grow(access, plan):
        raise CannotExtend
    # Whoever holds it at this moment, it is not us: its lease is taken when it is worked on.
    access.lease = None
    return access


def can_grow(access: Access, plan: Plan) -> bool:
    """Tell whether buying this plan adds to the access and changes nothing else of it.

    Nothing is added to one that its operator disabled: who pays for it would get nothing.

    One hotspot user has one profile and one limit of each kind. Two limits at once would not
    stay apart: data of the one purchase could be used in the time of the other.
    """
    one_limit = (plan.duration_seconds is None) != (plan.data_limit is None)
    is_open = access.wanted == AccessState.ENABLED and access.blocked_at is None
    return is_open and one_limit and _terms(access) == _terms(plan)


def _terms(sold: Access | Plan) -> tuple[object, ...]:
    has_data = sold.data_limit is not None
    limits = (sold.profile_name, sold.duration_from, has_data)
    return (*limits, sold.max_devices, sold.speed, sold.all_sites)


def _insert(sale: Sale, access: Access, visit: PageVisit | None) -> None:
    lease = FromNow(settings().sale_lease)
    batch = RowBatch()
    if not sale.extends:
        batch.add_record(access, lease_until=lease)
        put_rounds(batch, access.router_id, access.company_id)
    batch.add_record(sale, lease_until=lease, next_attempt_at=lease)
    if visit:
        batch.add_record(new_sale_visit(sale, visit))
    record_opened(batch, sale, SaleActor.REQUEST)
    batch.send()


def _find_standing(sale: Sale) -> Begun | Unpaid | None:
    with reading() as session:
        begun = begun_as(session, sale.router_id, sale.idempotency_key, sale.request_digest)
        if begun:
            return Begun(begun)
        other = _undecided_of_device(session, sale)
    if other is None:
        return None
    if other.method == Method.CARD:
        raise DeviceBusy
    # The same wish once more, under whatever key: nobody is given two references for one.
    if other.request_digest == sale.request_digest and other.parked_reason is None:
        return Begun(other.id)
    if other.state != SaleState.PENDING:
        raise DeviceBusy
    return Unpaid(other.id)


def _undecided_of_device(session: Session, sale: Sale) -> Sale | None:
    query = select(Sale).where(
        Sale.router_id == sale.router_id, Sale.device == sale.device, Sale.state.in_(UNDECIDED)
    )
    return session.scalars(query).first()


def new_access(order: PurchaseRequest, offer: Offer) -> Access:
    """Give an access with credentials just drawn; from now on the router may have its user.

    A deferred payment costs the router nothing until the money is there, and needs no answer of it.
    """
    is_deferred = order.method != Method.CARD
    plan, pin_digits = offer.plan, offer.pin_digits if order.kind == "pin" else None
    name, password = draw_credentials(order.kind, pin_digits)
    access = new_record(
        Access,
        id=new_id("acc_", 20, upper=False),
        company_id=order.company_id,
        router_id=order.router_id,
        kind=order.kind,
        pin_digits=pin_digits,
        wanted=AccessState.ABSENT if is_deferred else AccessState.DISABLED,
        actual=AccessState.ABSENT if is_deferred else AccessState.UNKNOWN,
        mac=order.mac,
        **_bought(plan),
        speed=plan.speed,
        lease=secrets.token_hex(8),
    )
    access.name, access.password = name, password
    return access


def new_sale(order: PurchaseRequest, offer: Offer, access: Access) -> Sale:
    """Give the sale, with plan, price and account as they stand now."""
    sale_id = new_id("sal_", 32, upper=False)
    key = order.key(live=offer.account.mode == "live")
    return new_record(
        Sale,
        id=sale_id,
        **_as_asked(order),
        plan_id=offer.plan.id,
        plan_name=offer.plan.name,
        amount=offer.plan.amount,
        currency=offer.plan.currency,
        **_bought(offer.plan),
        gateway_account_id=offer.account.id,
        access_id=access.id,
        idempotency_key=key or sale_id,
        vat_rate=offer.vat_rate,
        payable_until=offer.payable_until,
        state=SaleState.OPENED,
        lease=secrets.token_hex(8),
    )


def _as_asked(order: PurchaseRequest) -> dict[str, Any]:
    """Give what a sale keeps of who asked for it, and how."""
    return {
        "extends": order.extends_access_id is not None,
        "company_id": order.company_id,
        "router_id": order.router_id,
        "request_digest": order.digest(),
        "card_token_digest": order.card_token_digest,
        "device": order.device,
        "mac": order.mac,
        "ip": order.ip,
        "client_address": order.client_address,
        "customer_name": order.customer_name,
        "customer_email": order.customer_email,
        "customer_phone": order.customer_phone,
        "device_info": order.device_info,
        "language": order.language,
        "auto_connect": order.auto_connect,
        "method": order.method,
    }


def _bought(plan: Plan) -> dict[str, Any]:
    """Give what both a sale and its access keep of the plan."""
    return {
        "profile_name": plan.profile_name,
        "duration_seconds": plan.duration_seconds,
        "duration_from": plan.duration_from,
        "data_limit": plan.data_limit,
        "max_devices": plan.max_devices,
        "all_sites": plan.all_sites,
    }


def new_sale_visit(sale: Sale, visit: PageVisit) -> SaleVisit:
    """Give what leads the buyer back to where they were."""
    kept = SaleVisit(id=sale.id, company_id=sale.company_id, visit_id=visit.id)
    kept.visit = visit.text
    return kept
