"""The three ledgers side by side, and what is wrong between them.

P1: a purchase is charged once at the most. P2: money is delivered, given back, or on the
operator's screen. P3: nobody is online without having paid, and nobody who paid is not.
P4: what belongs to others is not touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portal.models import Access, Alert, Sale, utc_now

Json = dict[str, Any]

# What the gateway says of an order that took money, and where its sale has to stand then.
MONEY = {
    "paid": {"delivered"},
    "partially_refunded": {"delivered"},
    "refunded": {"refunded"},
    "charged_back": {"charged_back"},
}
CLOSED = {"canceled", "expired", "declined", "voided"}
PUBLIC = {
    "paid": "paid",
    "partially_refunded": "paid",
    "refunded": "refunded",
    "charged_back": "charged_back",
}
CLOCK = timedelta(seconds=10)


@dataclass(frozen=True)
class Ledgers:
    """Our records, the gateway's orders and the router's users, read when all is settled."""

    prefix: str
    owner: str
    names: dict[str, str]
    passwords: dict[str, str]
    sales: list[Sale]
    accesses: list[Access]
    alerts: list[Alert]
    orders: list[Json]
    users: list[dict[str, str]]
    active: list[dict[str, str]]

    def wrong(self) -> list[str]:
        """Each breach of a promise, as a sentence."""
        return [*self.wrong_money(), *self._door(), *self._crowd()]

    def wrong_money(self) -> list[str]:
        """Those that cost somebody money."""
        return [*self._money(), *self._sales()]

    @property
    def ours(self) -> list[Json]:
        """The orders that carry this deployment's and company's mark."""
        return [o for o in self.orders if o["metadata"].get("owner") == self.owner]

    def money_of(self, sale: Sale) -> list[Json]:
        """The orders of a sale that took money."""
        return [o for o in self.orders_of(sale) if o.get("payment_status") in MONEY]

    def orders_of(self, sale: Sale) -> list[Json]:
        """All orders with the sale's reference."""
        return [o for o in self.ours if o["metadata"].get("reference_id") == sale.id]

    def charged(self) -> int:
        """Centavos that the gateway took for us, given back or not."""
        return sum(o["amount"] for o in self.ours if o.get("payment_status") in MONEY)

    def _money(self) -> Iterator[str]:
        known = {sale.id for sale in self.sales}
        for order in self.ours:
            status, sale_id = order.get("payment_status"), order["metadata"].get("reference_id")
            if status in MONEY and sale_id not in known:
                yield f"P2: money of {sale_id} that no sale knows"
            if status not in MONEY and status not in CLOSED:
                yield f"order of {sale_id} left open: {status}"
            paid = [c for c in _charges(order) if c["status"] in MONEY]
            if len(paid) > 1:
                yield f"P1: {sale_id} charged {len(paid)} times on one order"
        booked = sum(map(self._booked, self.sales))
        if booked != self.charged():
            yield f"P2: charged {self.charged()}, delivered and refunded {booked} centavos"

    def _booked(self, sale: Sale) -> int:
        if sale.parked_reason:
            return sum(order["amount"] for order in self.money_of(sale))
        return sale.amount if sale.state in ("delivered", "refunded", "charged_back") else 0

    def _sales(self) -> Iterator[str]:
        for sale in self.sales:
            orders = self.money_of(sale)
            if len(orders) > 1:
                yield f"P1: {sale.id} charged on {len(orders)} orders"
            if sale.parked_reason:
                if not self._is_told(sale):
                    yield f"P2: {sale.id} is parked and nobody was told"
                continue
            expected = MONEY[orders[0]["payment_status"]] if orders else {"canceled"}
            if sale.state not in expected:
                yield f"P2: {sale.id} is {sale.state}, not {expected}"
            yield from _amounts(sale, orders)

    def _is_told(self, sale: Sale) -> bool:
        return any(
            alert.kind == "parked" and alert.subject == sale.id and alert.resolved_at is None
            for alert in self.alerts
        )

    def entitled(self, access: Access) -> list[Sale]:
        """The sales that hold this access open now."""
        if access.expires_at is not None and access.expires_at <= utc_now():
            return []
        paid = [s for s in self.sales if s.access_id == access.id and s.state == "delivered"]
        parked = [
            s for s in self.sales if s.access_id == access.id and s.parked_reason and s.paid_at
        ]
        return paid + parked

    def _door(self) -> Iterator[str]:
        by_mark = {
            u["comment"]: u for u in self.users if u.get("comment", "").startswith(self.prefix)
        }
        for access in self.accesses:
            user = by_mark.pop(self.prefix + access.id, None)
            paid = self.entitled(access)
            if paid and user is None:
                yield f"P2: {access.id} was paid for and is not on the router"
            elif not paid and user is not None:
                yield f"P3: {access.id} is on the router and nobody paid for it"
            elif user is not None:
                yield from self._user(access, user)
            if paid:
                yield from _goods(access, paid)
        for mark in by_mark:
            yield f"P3: {mark} is on the router and no access knows it"

    def _user(self, access: Access, user: dict[str, str]) -> Iterator[str]:
        expected = {
            "name": self.names[access.id],
            "password": self.passwords[access.id],
            "profile": access.profile_name,
            "disabled": "false",
            "limit-bytes-total": str(access.data_limit or "false"),
        }
        found = {name: user.get(name, "false") for name in expected}
        if found != expected:
            differing = [name for name in expected if found[name] != expected[name]]
            yield f"P2: {access.id} differs on the router in {', '.join(differing)}"

    def _crowd(self) -> Iterator[str]:
        entitled = {self.names[access.id] for access in self.accesses if self.entitled(access)}
        ours = set(self.names.values())
        for session in self.active:
            if session["user"] in ours - entitled:
                yield f"P3: {session['user']} is online and nobody paid for it"


def _charges(order: Json) -> list[Json]:
    charges: list[Json] = (order.get("charges") or {}).get("data", [])
    return charges


def _amounts(sale: Sale, orders: list[Json]) -> Iterator[str]:
    for order in orders:
        if order["amount"] != sale.amount:
            yield f"P2: {sale.id} charged {order['amount']} instead of {sale.amount} centavos"
        if order["amount_refunded"] != sale.amount_refunded:
            refunded = order["amount_refunded"]
            yield f"P2: {sale.id} got back {refunded}, booked {sale.amount_refunded} centavos"


def _goods(access: Access, paid: list[Sale]) -> Iterator[str]:
    """The access is what was paid for: no more, no less."""
    data = sum(sale.data_limit or 0 for sale in paid)
    if (access.data_limit or 0) != data:
        yield f"P2: {access.id} has {access.data_limit} instead of {data} bytes"
    if access.duration_from != "purchase" or access.started_at is None:
        return
    bought = timedelta(seconds=sum(sale.duration_seconds or 0 for sale in paid))
    if access.expires_at is None or abs(access.expires_at - access.started_at - bought) > CLOCK:
        lasts = access.expires_at and access.expires_at - access.started_at
        yield f"P2: {access.id} lasts {lasts} instead of {bought}"
