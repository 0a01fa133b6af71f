"""Compare the three ledgers, ours, the gateway's and the routers', and find what is wrong.

P1: a purchase is charged once at the most. P2: money is delivered, given back, or on the
operator's screen. P3: nobody is online without having paid, and nobody who paid is not.
P4: what belongs to others is not touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.access.payment_pass.terms import NAME_BEGINS
from portal.access.provisioning import mark_prefix, owner_of
from portal.core.database import reading
from portal.models import Access, Alert, Company, Sale, utc_now
from portal.models.sale_states import ParkReason
from portal.sandbox.routeros import RouterSandbox
from tests.support.books import Books, books_of, is_returned_by_hand, sum_of, surplus_of

Json = dict[str, Any]

# What the gateway says of an order that took money, and where its sale has to stand then.
MONEY = {
    "paid": {"delivered"},
    "partially_refunded": {"delivered"},
    "refunded": {"refunded"},
    "charged_back": {"charged_back"},
}
FINAL = {"canceled", "delivered", "refunded", "charged_back"}
CLOSED = {"canceled", "expired", "declined", "voided"}
PUBLIC = {
    "paid": "paid",
    "partially_refunded": "paid",
    "refunded": "refunded",
    "charged_back": "charged_back",
}
CLOCK = timedelta(seconds=10)
# Which promise is broken by what is found.
PROMISES = {
    "double charge": "P1",
    "lost": "P2",
    "undecided": "P2",
    "unpaid": "P3",
    "unpaid access": "P3",
    "left over": "P3",
    "pass left over": "P3",
    "missing": "P2",
    "stranger touched": "P4",
    "false answer": "P2",
    "refused": "P2",
    "unaccounted": "P2",
}


@dataclass(frozen=True)
class Finding:
    """Something that must not be; `subject` is a sale, an access, a user or an e-mail address."""

    kind: str
    subject: str
    what: str

    def __str__(self) -> str:
        return f"{PROMISES[self.kind]} {self.kind}: {self.subject} {self.what}"


@dataclass(frozen=True)
class Ledgers:
    """All three, read when all is settled; users and sessions name the router that has them."""

    prefix: str
    owners: frozenset[str]
    names: Mapping[str, str]
    passwords: Mapping[str, str | None]
    sales: list[Sale]
    accesses: list[Access]
    alerts: list[Alert]
    orders: list[Json]
    users: list[dict[str, str]]
    active: list[dict[str, str]]

    def wrong(self) -> list[str]:
        """Each breach of a promise, as a sentence, and each order that was left open."""
        return [*map(str, self.findings()), *self._left_open()]

    def wrong_money(self) -> list[str]:
        """Those that cost somebody money."""
        return [*map(str, (*self._money(), *self._sales())), *self._left_open()]

    def findings(self) -> list[Finding]:
        """Each breach of a promise."""
        return [*self._money(), *self._sales(), *self._access(), *self._sessions()]

    @property
    def ours(self) -> list[Json]:
        """The orders that carry this deployment's and company's mark."""
        return [o for o in self.orders if o["metadata"].get("owner") in self.owners]

    def money_of(self, sale: Sale) -> list[Json]:
        """The orders of a sale that took money."""
        return [o for o in self.orders_of(sale) if o.get("payment_status") in MONEY]

    def orders_of(self, sale: Sale) -> list[Json]:
        """All orders with the sale's reference."""
        return [o for o in self.ours if o["metadata"].get("reference_id") == sale.id]

    def charged(self) -> int:
        """Centavos that the gateway took for us, given back or not."""
        return sum(map(taken, self.ours))

    def refunded(self) -> int:
        """Centavos that it gave back."""
        return sum(order["amount_refunded"] for order in self.ours)

    def _money(self) -> Iterator[Finding]:
        known = {sale.id: sale for sale in self.sales}
        for order in self.ours:
            sale_id = order["metadata"].get("reference_id")
            if order.get("payment_status") in MONEY and sale_id not in known:
                yield Finding("lost", sale_id, "has money, and no sale knows it")
            paid = [c for c in _charges(order) if c["status"] in MONEY]
            if len(paid) > 1 and not is_paid_outside(order):
                yield Finding("double charge", sale_id, f"was charged {len(paid)} times")
        booked = self.books()
        if booked.total != self.charged():
            yield Finding("lost", str(self.charged()), f"charged, and {booked} booked")

    def _left_open(self) -> Iterator[str]:
        # An order that too little came for waits for the rest, before the operator's eyes.
        short = {sale.id for sale in self.sales if sale.parked_reason == ParkReason.AMOUNT_MISMATCH}
        for order in self.ours:
            status, sale_id = order.get("payment_status"), order["metadata"].get("reference_id")
            if status not in MONEY and status not in CLOSED and sale_id not in short:
                yield f"order of {sale_id} left open: {status}"

    def books(self) -> Books:
        """Where all the money is that the gateways took, as our records tell it."""
        taken_for: Counter[str] = Counter()
        for order in self.ours:
            taken_for[order["metadata"].get("reference_id")] += taken(order)
        return sum_of(books_of(sale, taken_for[sale.id]) for sale in self.sales)

    def _sales(self) -> Iterator[Finding]:
        for sale in self.sales:
            orders = self.money_of(sale)
            if len(orders) > 1:
                yield Finding("double charge", sale.id, f"was charged on {len(orders)} orders")
            if sale.parked_reason:
                if not self._is_told(sale, "parked"):
                    yield Finding("lost", sale.id, "is parked and nobody was told")
                continue
            if surplus_of(sale) and not self._is_told(sale, "overpaid"):
                yield Finding("lost", sale.id, "was paid too much for and nobody was told")
            expected = _ends(sale, orders)
            if sale.state not in expected:
                kind = _kind_of(sale, orders)
                yield Finding(kind, sale.id, f"is {sale.state}, not {expected}")
            yield from _amounts(sale, orders)

    def _is_told(self, sale: Sale, kind: str) -> bool:
        return any(
            alert.kind == kind and alert.subject == sale.id and alert.resolved_at is None
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

    def access_of(self, sale: Sale) -> Access:
        """The access that the sale made or added to."""
        return next(access for access in self.accesses if access.id == sale.access_id)

    def is_ours(self, user: Mapping[str, str]) -> bool:
        """Whether a hotspot user carries this deployment's mark."""
        return user.get("comment", "").startswith(self.prefix)

    def _access(self) -> Iterator[Finding]:
        by_mark = {(u["router"], u["comment"]): u for u in self.users if self.is_ours(u)}
        for access in self.accesses:
            user = by_mark.pop((access.router_id, self.prefix + access.id), None)
            paid = self.entitled(access)
            if paid and user is None:
                yield Finding("missing", access.id, "was paid for and is not on the router")
            elif not paid and user is not None:
                yield _unpaid(access.id, user)
            elif user is not None:
                yield from self._user(access, user)
            if paid:
                yield from _goods(access, paid)
        for (_, mark), user in by_mark.items():
            yield _unpaid(mark, user)

    def _user(self, access: Access, user: dict[str, str]) -> Iterator[Finding]:
        expected = {
            "name": self.names[access.id],
            "password": self.passwords[access.id],
            "profile": access.profile_name,
            "disabled": "false",
            "limit-bytes-total": str(access.data_limit or "false"),
        }
        differing = [name for name in expected if user.get(name, "false") != expected[name]]
        if differing:
            yield Finding("missing", access.id, f"differs on the router in {', '.join(differing)}")

    def _sessions(self) -> Iterator[Finding]:
        entitled = [access for access in self.accesses if self.entitled(access)]
        allowed = {(access.router_id, self.names[access.id]) for access in entitled}
        allowed |= {(u["router"], u["name"]) for u in self.users if not self.is_ours(u)}
        for session in self.active:
            if (session["router"], session["user"]) not in allowed:
                kind = _kind_of_user(session["user"], "unpaid access")
                yield Finding(kind, session["user"], "is online and nobody paid for it")


def taken(order: Json) -> int:
    """Centavos that were taken for an order, given back or not.

    What is paid outside may be paid twice by its buyer, who is told of it, and so is the operator.
    """
    if is_paid_outside(order):
        return sum(c["amount"] for c in _charges(order) if c["status"] in MONEY)
    return int(order["amount"]) if order.get("payment_status") in MONEY else 0


def is_paid_outside(order: Json) -> bool:
    """Whether the buyer pays it by transfer or in cash, and as often as they like."""
    kinds = [(c.get("payment_method") or {}).get("object") for c in _charges(order)]
    return any(kind not in (None, "card_payment", "card") for kind in kinds)


def read_ledgers(app: Flask, orders: list[Json], routers: Mapping[str, RouterSandbox]) -> Ledgers:
    """Read each ledger at its owner's; `routers` by their ids."""
    with app.app_context():
        # Read first, since it has a transaction of its own.
        prefix = mark_prefix()
    with app.app_context(), reading() as session:
        accesses = list(session.scalars(sa.select(Access).order_by(Access.created_at)))
        return Ledgers(
            prefix=prefix,
            owners=frozenset(map(owner_of, session.scalars(sa.select(Company.id)))),
            names={access.id: access.name for access in accesses},
            passwords={access.id: access.password for access in accesses},
            sales=list(session.scalars(sa.select(Sale).order_by(Sale.created_at))),
            accesses=accesses,
            alerts=list(session.scalars(sa.select(Alert).order_by(Alert.id))),
            orders=orders,
            users=[
                user | {"router": router_id}
                for router_id, router in routers.items()
                for user in router.users.values()
            ],
            active=[
                row | {"router": router_id}
                for router_id, router in routers.items()
                for row in router.active
            ],
        )


def _kind_of(sale: Sale, orders: list[Json]) -> str:
    if sale.state not in FINAL:
        return "undecided"
    return "lost" if orders else "unpaid"


def _unpaid(subject: str, user: Mapping[str, str]) -> Finding:
    is_enabled = user.get("disabled", "false") == "false"
    kind = _kind_of_user(user["name"], "unpaid access" if is_enabled else "left over")
    return Finding(kind, subject, f"is on router {user['router']} and nobody paid for it")


def _kind_of_user(name: str, otherwise: str) -> str:
    """A pass to pay with, whose sale is decided or whose time is over, is a kind of its own."""
    return "pass left over" if name.startswith(NAME_BEGINS) else otherwise


def _charges(order: Json) -> list[Json]:
    charges: list[Json] = (order.get("charges") or {}).get("data", [])
    return charges


def _ends(sale: Sale, orders: list[Json]) -> set[str]:
    """Where a sale with these orders, which took money, has to stand."""
    if is_returned_by_hand(sale):
        return {"canceled"} if sale.paid_at is None else {"refunded"}
    return MONEY[orders[0]["payment_status"]] if orders else {"canceled"}


def _amounts(sale: Sale, orders: list[Json]) -> Iterator[Finding]:
    for order in orders:
        if order["id"] != sale.order_id:
            yield Finding("lost", sale.id, f"was paid on {order['id']}, which it does not know")
        if order["amount"] != sale.amount:
            what = f"was charged {order['amount']} instead of {sale.amount} centavos"
            yield Finding("lost", sale.id, what)
        refunded = order["amount_refunded"]
        if refunded != (0 if is_returned_by_hand(sale) else sale.amount_refunded):
            what = f"got back {refunded}, booked {sale.amount_refunded} centavos"
            yield Finding("lost", sale.id, what)


def _goods(access: Access, paid: list[Sale]) -> Iterator[Finding]:
    """The access is what was paid for: no more, no less."""
    data = sum(sale.data_limit or 0 for sale in paid)
    if (access.data_limit or 0) != data:
        yield Finding("missing", access.id, f"has {access.data_limit} instead of {data} bytes")
    if access.duration_from != "purchase" or access.started_at is None:
        return
    bought = timedelta(seconds=sum(sale.duration_seconds or 0 for sale in paid))
    if access.expires_at is None or abs(access.expires_at - access.started_at - bought) > CLOCK:
        lasts = access.expires_at and access.expires_at - access.started_at
        yield Finding("missing", access.id, f"lasts {lasts} instead of {bought}")
