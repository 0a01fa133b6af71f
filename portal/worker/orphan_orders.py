"""Find the orders at the gateway that carry our mark but that no sale stands behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple, TypeGuard

from sqlalchemy import select

from portal import ports
from portal.access.provisioning import owner_of
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import reading, writing
from portal.core.logs import log
from portal.hotspot.deadline import Deadline
from portal.models import GatewayAccount, Sale, utc_now
from portal.models.sale_states import GRAPH, SaleActor, SaleState
from portal.payments.gateway import Gateway, Order, OrderStatus, Refused, Unknown
from portal.sales import decisions
from portal.sales.claims import JOB_LEASES
from portal.sales.refresh import refresh

LOOK_BACK = timedelta(days=2)
# As many as a page of a gateway's list, or fewer.
BATCH = 100
# A request opens its order before it can record which: the young ones are left alone.
GRACE = timedelta(minutes=15)
# What is done with the last order may take one more lease: the search's own is longer by that.
LEASES = JOB_LEASES - 1
HARMLESS = (OrderStatus.CANCELED, OrderStatus.REFUNDED, OrderStatus.CHARGED_BACK)
WAITING = (OrderStatus.OPEN, OrderStatus.PENDING, OrderStatus.DECLINED)
BEHIND = select(Sale.id, Sale.order_id, Sale.state, Sale.paid_at, Sale.amount, Sale.amount_received)


class SaleBehind(NamedTuple):
    """Hold what an order is compared with. Amounts in centavos."""

    id: str
    order_id: str | None
    state: str
    paid_at: datetime | None
    amount: int
    amount_received: int | None


def search_orphan_orders(account_id: str) -> int | None:
    """Compare the account's orders of the last days with our sales; how many were orphans.

    Unpaid ones are canceled. Paid ones are told to the operator and never refunded by
    themselves: a restored database must not refund good sales. Orders of others are not
    touched. None where the gateway did not answer to the end, or took too long for one search.
    """
    with reading() as session:
        account = session.get_one(GatewayAccount, account_id)
    gateway, timeout = ports.gateway_of(account), ports.settings().gateway_timeout
    found, deadline = 0, Deadline(LEASES * ports.settings().sale_lease)
    orders = iter(gateway.orders(utc_now() - LOOK_BACK, timeout))
    while batch := tuple(islice(orders, BATCH)):
        ours = [order for order in batch if _is_ours(order, account)]
        sales = _sales_behind(ours)
        for order in ours:
            if deadline.passed:
                break
            found += _check(gateway, account, order, sales.get(order.reference or ""))
        if deadline.passed or not all(isinstance(order, Order) for order in batch):
            log().warning("search for orphan orders cut short", account=account_id, found=found)
            return None
    return found


def _is_ours(order: Order | Refused | Unknown, account: GatewayAccount) -> TypeGuard[Order]:
    marked = isinstance(order, Order) and order.owner == owner_of(account.company_id)
    return marked and isinstance(order, Order) and _is_old_enough(order)


def _is_old_enough(order: Order) -> bool:
    return order.created_at is None or order.created_at <= utc_now() - GRACE


def _check(
    gateway: Gateway, account: GatewayAccount, order: Order, sale: SaleBehind | None
) -> bool:
    if sale is not None and sale.order_id in (None, order.id):
        if _has_late_money(sale, order) or _was_paid_again(sale, order):
            refresh(sale.id, SaleActor.WORKER)
        return False
    if order.status in HARMLESS:
        return False
    if order.status in WAITING:
        gateway.cancel(order.id, ports.settings().gateway_timeout)
        log().info("orphan order canceled", order=order.id)
        return True
    with writing() as session:
        label = ports.provider_of(account).label
        message = f"{label} tiene una orden pagada sin venta nuestra ({order.id}): revísela."
        raise_alert(session, account.company_id, AlertKind.ORPHAN_PAYMENT, order.id, message)
    return True


def _sales_behind(orders: Sequence[Order]) -> dict[str, SaleBehind]:
    """Read them at once, and no more of them than is looked at.

    One by one and whole they were two fifths of all that a worker did for 300 sales a day.
    """
    references = {order.reference for order in orders} - {None}
    if not references:
        return {}
    with reading() as session:
        found = session.execute(BEHIND.where(Sale.id.in_(references)))
        return {row.id: SaleBehind(*row) for row in found}


def _has_late_money(sale: SaleBehind, order: Order) -> bool:
    """Tell whether money came that nobody booked, though it may be gone again by now."""
    expects_none = SaleState.PAID in GRAPH[SaleState(sale.state)] and sale.paid_at is None
    return order.status in decisions.HAD_MONEY and expects_none


def _was_paid_again(sale: SaleBehind, order: Order) -> bool:
    """Tell whether more came from outside than we were told of."""
    known = sale.amount_received or sale.amount
    return sale.paid_at is not None and (order.amount_paid or 0) > known
