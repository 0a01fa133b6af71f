"""Compares the three ledgers, sale by sale, and with what the customers were told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.chaos.environment import STRANGERS
from tests.chaos.ledgers import GatewayOrder, Ledgers, OurSale, RouterUser

FINAL = ("delivered", "canceled", "refunded")


@dataclass(frozen=True)
class Finding:
    """Something that must not be; `subject` is a sale's id or a customer's e-mail address."""

    kind: str
    subject: str
    what: str


def compare(ledgers: Ledgers, routers: int) -> Iterator[Finding]:
    """All that is wrong between the ledgers."""
    yield from _double_charges(ledgers.orders)
    yield from _money(ledgers)
    yield from _undecided(ledgers.sales)
    yield from _unpaid_access(ledgers)
    yield from _missing(ledgers)
    yield from _strangers(ledgers.users, routers)


def _double_charges(orders: Iterable[GatewayOrder]) -> Iterator[Finding]:
    """No purchase was charged twice: one e-mail address is one purchase."""
    charged = Counter(order.email for order in orders if order.charged)
    for email, times in charged.items():
        if times > 1:
            yield Finding("double charge", email, f"charged {times} times")


def _money(ledgers: Ledgers) -> Iterator[Finding]:
    """Every centavo that was charged was delivered for, refunded, or is parked."""
    by_order = {sale.order_id: sale for sale in ledgers.sales if sale.order_id}
    for order in ledgers.orders:
        sale = by_order.get(order.id)
        if order.charged and not _accounts_for(sale, order):
            state = sale.state if sale else "no sale"
            what = f"{order.id}: charged {order.charged}, refunded {order.refunded}, {state}"
            yield Finding("lost", order.reference, what)
    charged = {order.id for order in ledgers.orders if order.charged}
    for sale in ledgers.sales:
        if sale.state in ("delivered", "refunded") and sale.order_id not in charged:
            yield Finding("unpaid", sale.id, f"{sale.state} without a charge")


def _accounts_for(sale: OurSale | None, order: GatewayOrder) -> bool:
    if sale is None or order.charged != sale.amount:
        return False
    if sale.state == "delivered":
        return order.refunded == 0
    if sale.state == "refunded":
        return order.refunded == order.charged
    return sale.parked is not None and sale.alerted


def _undecided(sales: Iterable[OurSale]) -> Iterator[Finding]:
    for sale in sales:
        if sale.state not in FINAL and not (sale.parked and sale.alerted):
            yield Finding("undecided", sale.id, f"ended {sale.state}, parked: {sale.parked}")
        elif sale.actual != sale.wanted:
            yield Finding("undecided", sale.id, f"access {sale.actual}, wanted {sale.wanted}")


def _unpaid_access(ledgers: Ledgers) -> Iterator[Finding]:
    """Whoever may go online, or is, has a delivered sale or is none of ours."""
    paid = {(sale.router, sale.mark) for sale in ledgers.sales if sale.state == "delivered"}
    known = {(sale.router, sale.mark): sale for sale in ledgers.sales}
    allowed = set()
    for user in ledgers.users:
        ours = user.name not in STRANGERS
        if ours and (user.router, user.mark) not in paid:
            sale = known.get((user.router, user.mark))
            kind = "unpaid access" if user.enabled else "left over"
            what = f"{user.name} on router {user.router}, {sale and sale.state}"
            yield Finding(kind, sale.id if sale else user.mark, what)
        elif user.enabled:
            allowed.add((user.router, user.name))
    for router, name in set(ledgers.sessions) - allowed:
        yield Finding("unpaid access", name, f"{name} online on router {router}")


def _missing(ledgers: Ledgers) -> Iterator[Finding]:
    """Every delivered sale has its user, enabled, with the password that was sold."""
    standing = {(user.router, user.mark): user for user in ledgers.users}
    for sale in ledgers.sales:
        if sale.state != "delivered" or sale.wanted != "enabled":
            continue
        user = standing.get((sale.router, sale.mark))
        if user is None or not _as_sold(user, sale):
            yield Finding("missing", sale.id, f"{sale.name} on router {sale.router}: {user}")


def _as_sold(user: RouterUser, sale: OurSale) -> bool:
    return user.enabled and (user.name, user.password) == (sale.name, sale.password)


def _strangers(users: Iterable[RouterUser], routers: int) -> Iterator[Finding]:
    """Nobody else's user was touched."""
    left = defaultdict(set)
    for user in users:
        if user.name in STRANGERS and user.enabled and user.mark == STRANGERS[user.name]:
            left[user.router].add(user.name)
    for router in range(routers):
        for name in STRANGERS.keys() - left[router]:
            yield Finding("stranger touched", name, f"{name} is gone from router {router}")
