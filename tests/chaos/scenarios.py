"""Draw what customers want to buy, how they pay, and how they go about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from typing import TypeVar

from tests.chaos.environment import WITH_BOTH, company_of
from tests.support.tills import CONEKTA, GATEWAYS, MERCADO_PAGO

T = TypeVar("T")


class Way(Enum):
    """A way to pay. In the gateway's own frame on our pages, all others by the API."""

    CARD = "tarjeta"
    FRAME = "tarjeta en el formulario de la pasarela"
    TRANSFER = "spei"
    CASH = "efectivo"

    @property
    def is_deferred(self) -> bool:
        """Whether the money comes from outside."""
        return self in (Way.TRANSFER, Way.CASH)


class Card(Enum):
    """A test card's number, by what becomes of it."""

    GOOD = "4242424242424242"
    FRICTIONLESS = "4000000000002701"
    DECLINED = "4000000000000002"
    POOR = "4000000000000127"
    CHALLENGED = "4000000000001091"


class Manner(Enum):
    """How a customer goes about it."""

    PATIENT = "patient"
    DOUBLE_CLICK = "double-click"
    LEAVES = "leaves"
    COMES_BACK = "comes back"
    TWICE = "pays twice"


class Challenge(Enum):
    """What a customer does whose bank asks for 3DS."""

    PASS = "pass"
    FAIL = "fail"
    LEAVE = "leave"


class Outside(Enum):
    """What a customer does who was told how to pay later and elsewhere."""

    EXACTLY = "exactly"
    TOO_LITTLE = "too little"
    TOO_MUCH = "too much"
    TWICE = "twice"
    LATE = "when the time to pay was over"
    NEVER = "never"
    OTHERWISE = "by card instead"
    BOTH = "by card instead, and then all the same"


# Tokens that Conekta's test mode charges again and again: with these, all that keeps a purchase
# from being charged twice is Portal.
REUSABLE = {
    Card.GOOD: "tok_test_visa_4242",
    Card.DECLINED: "tok_test_card_declined",
    Card.POOR: "tok_test_insufficient_funds",
}
WAYS = {Way.CARD: 60, Way.FRAME: 12, Way.TRANSFER: 16, Way.CASH: 12}
CARDS = {Card.GOOD: 80, Card.FRICTIONLESS: 3, Card.DECLINED: 4, Card.POOR: 3, Card.CHALLENGED: 10}
MANNERS = {
    Manner.PATIENT: 40,
    Manner.DOUBLE_CLICK: 25,
    Manner.LEAVES: 13,
    Manner.COMES_BACK: 12,
    Manner.TWICE: 10,
}
CHALLENGES = {Challenge.PASS: 6, Challenge.FAIL: 2, Challenge.LEAVE: 2}
OUTSIDE = {
    Outside.EXACTLY: 44,
    Outside.TOO_LITTLE: 8,
    Outside.TOO_MUCH: 7,
    Outside.TWICE: 7,
    Outside.LATE: 10,
    Outside.NEVER: 10,
    Outside.OTHERWISE: 8,
    Outside.BOTH: 6,
}
TAKES_A_PASS = 0.6


@dataclass(frozen=True)
class Scenario:
    """One purchase. Without `keyed` the card token is all that names it.

    `takes_pass`: who is sent to a bank or has to make a transfer asks for Internet to do so.
    """

    number: int
    customer: int
    router: int
    card: Card
    manner: Manner
    challenge: Challenge
    keyed: bool
    auto_connect: bool
    pin: bool
    gateway: str = CONEKTA
    way: Way = Way.CARD
    outside: Outside = Outside.EXACTLY
    takes_pass: bool = False

    @property
    def email(self) -> str:
        """By which the purchase is known in every ledger."""
        return f"compra-{self.number}@example.com"

    @property
    def key(self) -> str | None:
        """Its Idempotency-Key."""
        return f"purchase-{self.number}" if self.keyed else None

    @property
    def reusable_token(self) -> str | None:
        """A card token that does not name the purchase, where its key does."""
        return REUSABLE.get(self.card) if self.keyed and self.gateway == CONEKTA else None

    def again(self, number: int) -> Scenario:
        """The same once more, on purpose."""
        return replace(self, number=number, manner=Manner.PATIENT)

    def elsewhere(self, number: int) -> Scenario:
        """The same at the other gateway, by whoever is told that this one takes nothing now."""
        return replace(self, number=number, manner=Manner.PATIENT, gateway=CONEKTA)

    def by_card(self, number: int) -> Scenario:
        """The same by card, by whoever was told how to pay otherwise and wants to no more."""
        return replace(self, number=number, manner=Manner.PATIENT, way=Way.CARD)


def draw(number: int, customer: int, router: int, chance: Random) -> Scenario:
    """A scenario at random: cards where the router's company prefers it, all else anywhere."""
    has_both = company_of(router) in WITH_BOTH
    way = _one_of(WAYS, chance)
    gateway = MERCADO_PAGO if has_both and way is not Way.FRAME else CONEKTA
    if has_both and way.is_deferred:
        gateway = chance.choice(GATEWAYS)
    return Scenario(
        number=number,
        customer=customer,
        router=router,
        card=_one_of(CARDS, chance),
        manner=_one_of(MANNERS, chance),
        challenge=_one_of(CHALLENGES, chance),
        keyed=chance.random() < 0.8,
        auto_connect=chance.random() < 0.3,
        pin=chance.random() < 0.2,
        gateway=gateway,
        way=way,
        outside=_one_of(OUTSIDE, chance),
        takes_pass=chance.random() < TAKES_A_PASS,
    )


def _one_of(weights: Mapping[T, int], chance: Random) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]
