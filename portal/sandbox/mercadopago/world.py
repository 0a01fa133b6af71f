"""Hold everything the sandbox knows. Only the server's own thread touches it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from portal.sandbox.gateway.clock import Clock
from portal.sandbox.gateway.faults import Faults
from portal.sandbox.gateway.http import Json
from portal.sandbox.gateway.journal import Journal
from portal.sandbox.gateway.latency import Latency
from portal.sandbox.gateway.meter import Meter
from portal.sandbox.mercadopago.records import CardToken, Kept, Order, Seller, Subscription

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass
class Behaviour:
    """Hold the choices that tests make.

    `decline_status` 402 or 200; `force_three_ds`: antifraud asks every card; `decline_every_card`:
    banks that pay nothing; `methods`: those besides cards; `plain_names` refuses signs beyond
    those of western Europe; `lower_case_ids`: notices are signed for the order's id in small
    letters, and `milliseconds` for a time in them, as its own sources disagree.
    """

    decline_status: int = 402
    force_three_ds: bool = False
    decline_every_card: bool = False
    plain_names: bool = False
    methods: tuple[str, ...] = ("clabe", "oxxo", "paycash", "bancomer", "banamex", "serfin")
    lower_case_ids: bool = False
    milliseconds: bool = True


@dataclass
class Sellers:
    """Hold the access tokens that are good.

    With `strangers`, any other that begins with `APP_USR-` is a test user's of its own.
    """

    test: dict[str, str] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    strangers: bool = True
    site: str = "MLM"
    refused: set[str] = field(default_factory=set)

    def identify(self, token: str) -> Seller | None:
        """Tell whose token it is, or None where it is refused or unknown."""
        if not token or token in self.refused:
            return None
        if token in self.live:
            return Seller(self.live[token], True, self.site)
        if token in self.test or (self.strangers and token.startswith("APP_USR-")):
            return Seller(self.test.get(token) or account_of(token), False, self.site)
        return None


class World:
    """Hold orders, tokens, first answers, and the knobs that tests turn."""

    def __init__(self, sellers: Sellers, behaviour: Behaviour, latency: Latency) -> None:
        self.clock, self.meter, self.faults = Clock(), Meter(), Faults()
        self.sellers, self.behaviour, self.latency = sellers, behaviour, latency
        self.url = ""
        self.orders: dict[str, Order] = {}
        self.awaiting: dict[str, Order] = {}
        self.tokens: dict[str, CardToken] = {}
        self.kept: dict[str, Kept] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.happened: Callable[[Order], None] = lambda order: None
        self._journal = Journal(None)

    def load(self, journal: Journal) -> None:
        """Take up what the state file holds, and write to it from now on."""
        for kind, record in journal.open():
            if kind == "order":
                self.orders[record["id"]] = Order.from_json(record)
                self._await(self.orders[record["id"]])
            elif kind == "token":
                self.tokens[record["id"]] = CardToken(**record)
            elif kind == "kept":
                self.kept[record["id"]] = Kept(**record)
            elif kind == "subscription":
                self.subscriptions[record["id"]] = Subscription(**record)
        self._journal = journal

    def close(self) -> None:
        """Let go of the state file."""
        self._journal.close()

    def save(self, kind: str, record: Order | CardToken | Kept | Subscription) -> None:
        """Keep a record as it is now."""
        self._journal.write(kind, record.id, record)

    def changed(self, order: Order) -> None:
        """Keep an order that was changed, and tell its seller."""
        order.last_updated_date = self.moment()
        self._await(order)
        self.save("order", order)
        self.happened(order)

    def _await(self, order: Order) -> None:
        if order.status_detail in ("waiting_transfer", "waiting_payment"):
            self.awaiting[order.id] = order
        else:
            self.awaiting.pop(order.id, None)

    def moment(self) -> str:
        """Write this moment as Mercado Pago does, to the millisecond."""
        now = datetime.fromtimestamp(self.clock.now(), UTC)
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def challenged(self, identifier: str) -> Order | None:
        """Give the order whose 3DS page this is, while it waits."""
        waiting = (order for order in self.orders.values() if order.challenge == identifier)
        return next(waiting, None) if identifier else None


def new_id(prefix: str) -> str:
    """Draw an id as its orders' and payments' are: a prefix, 26 signs of Crockford's base 32."""
    return prefix + "01" + "".join(secrets.choice(_LETTERS) for _ in range(24))


def account_of(token: str) -> str:
    """Give the seller that a token is by default; the token cannot be told from it."""
    return str(int(hashlib.sha256(token.encode()).hexdigest()[:12], 16))


def named(entries: Iterable[str]) -> dict[str, str]:
    """Read tokens given as `token` or `token=account`, as a mapping from token to account."""
    pairs = (entry.partition("=") for entry in entries)
    return {token: account or account_of(token) for token, _, account in pairs}


def order_body(world: World, order: Order) -> Json:
    """Give an order as the OpenAPI's `Order` has it."""
    transactions: Json = {
        "payments": [_payment_body(world, order, each) for each in order.payments]
    }
    if order.refunds:
        transactions["refunds"] = order.refunds
    body = {
        "id": order.id,
        "type": "online",
        "processing_mode": "manual",
        "capture_mode": "automatic",
        "status": order.status,
        "status_detail": order.status_detail,
        "total_amount": order.total_amount,
        "country_code": order.site,
        "user_id": int(order.account) if order.account.isdigit() else 1,
        "created_date": order.created_date,
        "last_updated_date": order.last_updated_date,
        **order.parts,
        "transactions": transactions,
    }
    if order.status == "processed":
        body["total_paid_amount"] = _paid(order)
    return body


def _paid(order: Order) -> str:
    told = [Decimal(each["paid_amount"]) for each in order.payments if "paid_amount" in each]
    return str(sum(told)) if told else order.total_amount


def _payment_body(world: World, order: Order, payment: Json) -> Json:
    if order.challenge is None:
        return payment
    security = {"status": "pending", "redirect_url": f"{world.url}/3ds/{order.challenge}"}
    method = payment["payment_method"] | {"transaction_security": security}
    return payment | {"payment_method": method}
