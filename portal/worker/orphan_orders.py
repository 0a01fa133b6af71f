"""Find the orders at the gateway that carry our mark but that no sale stands behind."""

from __future__ import annotations

from datetime import timedelta

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
from portal.sales.claims import JOB_LEASES
from portal.sales.refresh import refresh

LOOK_BACK = timedelta(days=2)
# A request opens its order before it can record which: the young ones are left alone.
GRACE = timedelta(minutes=15)
# What is done with the last order may take one more lease: the search's own is longer by that.
LEASES = JOB_LEASES - 1
HARMLESS = (OrderStatus.CANCELED, OrderStatus.REFUNDED, OrderStatus.CHARGED_BACK)
WAITING = (OrderStatus.OPEN, OrderStatus.PENDING, OrderStatus.DECLINED)


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
    for order in gateway.orders(utc_now() - LOOK_BACK, timeout):
        if isinstance(order, (Refused, Unknown)) or deadline.passed:
            log().warning("search for orphan orders cut short", account=account_id, found=found)
            return None
        if order.owner == owner_of(account.company_id) and _is_old_enough(order):
            found += _check(gateway, account, order)
    return found


def _is_old_enough(order: Order) -> bool:
    return order.created_at is None or order.created_at <= utc_now() - GRACE


def _check(gateway: Gateway, account: GatewayAccount, order: Order) -> bool:
    sale = _sale_behind(order)
    if sale is not None and sale.order_id in (None, order.id):
        _follow_late_money(sale, order)
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


def _sale_behind(order: Order) -> Sale | None:
    if order.reference is None:
        return None
    with reading() as session:
        return session.get(Sale, order.reference)


def _follow_late_money(sale: Sale, order: Order) -> None:
    expects_none = SaleState.PAID in GRAPH[sale.state] and sale.paid_at is None
    if order.status is OrderStatus.PAID and expects_none:
        refresh(sale.id, SaleActor.WORKER)
