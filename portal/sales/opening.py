"""The first write of a sale, before anything outside happens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.database import reading, writing
from portal.models import Access, GatewayAccount, Plan, Router, Sale
from portal.models.base import new_id
from portal.models.clock import from_now
from portal.models.sale import UNDECIDED
from portal.ports import settings
from portal.sales.credentials import draw_credentials
from portal.sales.deadline import Deadline
from portal.sales.ledger import record_opened
from portal.sales.order import Order
from portal.sales.problems import (
    CannotExtend,
    DeviceBusy,
    KeyReused,
    PaymentUnavailable,
    PlanNotFound,
)
from portal.sales.work import Work

NAME_DRAWS = 8


@dataclass(frozen=True)
class Offer:
    """A plan on sale, with the router that delivers it and the account that is paid."""

    plan: Plan
    router: Router
    account: GatewayAccount


@dataclass(frozen=True)
class Begun:
    """This very purchase was asked for before."""

    sale_id: str


def find_offer(order: Order) -> Offer:
    """What the order buys. Raises PlanNotFound, PaymentUnavailable. One query."""
    query = (
        select(Plan, Router, GatewayAccount)
        .select_from(Plan)
        .join(Router, Router.id == order.router_id)
        .outerjoin(
            GatewayAccount,
            (GatewayAccount.company_id == Plan.company_id) & GatewayAccount.current,
        )
        .where(
            Plan.id == order.plan_id,
            Plan.company_id == order.company_id,
            Plan.active,
            or_(Plan.router_id.is_(None), Plan.router_id == order.router_id),
        )
    )
    with reading() as session:
        row = session.execute(query).first()
    if row is None:
        raise PlanNotFound
    if row.GatewayAccount is None or row.GatewayAccount.private_key_sealed is None:
        raise PaymentUnavailable
    return Offer(row.Plan, row.Router, row.GatewayAccount)


def open_sale(order: Order, offer: Offer, deadline: Deadline) -> Work | Begun:
    """Write sale and access, or find that this purchase was begun before.

    Raises DeviceBusy, KeyReused. The database's own constraints decide races; a collision
    of hotspot names draws again.
    """
    for _ in range(NAME_DRAWS):
        access = _standing(order, offer.plan) or _new_access(order, offer.plan)
        sale = _new_sale(order, offer, access)
        try:
            _insert(sale, access)
        except IntegrityError:
            begun = _find_begun(sale)
            if begun:
                return begun
            continue
        return Work(sale, access, offer.router, offer.account, deadline, "request")
    raise PaymentUnavailable


def _standing(order: Order, plan: Plan) -> Access | None:
    """The access that the order adds to. Raises CannotExtend."""
    if order.extends_access_id is None:
        return None
    with reading() as session:
        access = session.get(Access, order.extends_access_id)
    if access is None or access.router_id != order.router_id or not _can_grow(access, plan):
        raise CannotExtend
    return access


def _can_grow(access: Access, plan: Plan) -> bool:
    same_clock = access.duration_from == plan.duration_from
    same_limits = (access.data_limit is None) == (plan.data_limit is None)
    bounded = plan.duration_seconds is not None or plan.data_limit is not None
    return access.wanted == "enabled" and same_clock and same_limits and bounded


def _insert(sale: Sale, access: Access) -> None:
    with writing() as session:
        if not sale.extends:
            session.add(access)
            session.flush()
        session.add(sale)
        session.flush()
        record_opened(session, sale, "request")


def _new_access(order: Order, plan: Plan) -> Access:
    name, password = draw_credentials(order.kind)
    access = Access(
        id=new_id("acc_", 20, upper=False),
        company_id=order.company_id,
        router_id=order.router_id,
        kind=order.kind,
        name=name,
        wanted="disabled",
        actual="unknown",
        profile_name=plan.profile_name,
        mac=order.mac,
        duration_seconds=plan.duration_seconds,
        duration_from=plan.duration_from,
        data_limit=plan.data_limit,
        max_devices=plan.max_devices,
        lease=secrets.token_hex(8),
        lease_until=from_now(settings().sale_lease),
    )
    access.password = password
    return access


def _new_sale(order: Order, offer: Offer, access: Access) -> Sale:
    plan = offer.plan
    sale_id = new_id("sal_", 32, upper=False)
    key = order.key(live=offer.account.mode == "live")
    lease = settings().sale_lease
    return Sale(
        extends=order.extends_access_id is not None,
        id=sale_id,
        company_id=order.company_id,
        router_id=order.router_id,
        plan_id=plan.id,
        gateway_account_id=offer.account.id,
        access_id=access.id,
        idempotency_key=key or sale_id,
        request_digest=order.digest(),
        card_token_digest=order.card_token_digest,
        device=order.device,
        mac=order.mac,
        ip=order.ip,
        customer_name=order.customer_name,
        customer_email=order.customer_email,
        customer_phone=order.customer_phone,
        device_info=order.device_info,
        auto_connect=order.auto_connect,
        plan_name=plan.name,
        amount=plan.amount,
        currency=plan.currency,
        profile_name=plan.profile_name,
        duration_seconds=plan.duration_seconds,
        duration_from=plan.duration_from,
        data_limit=plan.data_limit,
        max_devices=plan.max_devices,
        state="opened",
        lease=secrets.token_hex(8),
        lease_until=from_now(lease),
        next_attempt_at=from_now(lease),
    )


def _find_begun(sale: Sale) -> Begun | None:
    with reading() as session:
        begun = _same_key(session, sale)
        if begun:
            if begun.request_digest != sale.request_digest:
                raise KeyReused
            return Begun(begun.id)
        if _device_is_busy(session, sale):
            raise DeviceBusy
    return None


def _same_key(session: Session, sale: Sale) -> Sale | None:
    return session.scalar(
        select(Sale).where(
            Sale.router_id == sale.router_id, Sale.idempotency_key == sale.idempotency_key
        )
    )


def _device_is_busy(session: Session, sale: Sale) -> bool:
    query = select(Sale.id).where(
        Sale.router_id == sale.router_id, Sale.device == sale.device, Sale.state.in_(UNDECIDED)
    )
    return session.scalar(query) is not None


def rename(work: Work) -> None:
    """Draw other credentials: the router already has a user of this name, and it is not ours."""
    for _ in range(NAME_DRAWS):
        name, password = draw_credentials(work.access.kind)
        try:
            _store_name(work.access, name, password)
        except IntegrityError:
            continue
        return
    raise PaymentUnavailable


def _store_name(access: Access, name: str, password: str) -> None:
    access.name, access.password = name, password
    with writing() as session:
        stored = session.get_one(Access, access.id)
        stored.name, stored.password_sealed = name, access.password_sealed
