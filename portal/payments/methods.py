"""Name the ways a purchase can be paid, and what a buyer needs who pays later and elsewhere.

Deferred is what is paid outside our pages: by a bank transfer (SPEI), or in cash at a shop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Method(StrEnum):
    """Say how a purchase is paid."""

    CARD = "card"
    TRANSFER = "spei"
    CASH = "cash"


@dataclass(frozen=True)
class Card:
    """Pay now, by the card behind a token that the provider's form gave."""

    token: str = field(repr=False)


@dataclass(frozen=True)
class Deferred:
    """Pay later by `method`, until `expires_at` (aware).

    `network` is one of the terms' own, where there is a choice; None takes the first.
    """

    method: Method
    expires_at: datetime
    network: str | None = None


Means = Card | Deferred


@dataclass(frozen=True)
class TransferInstructions:
    """Say where a transfer goes: an interbank key of 18 digits, and the bank that keeps it.

    The amount is the order's, to the centavo. `page_url` is the provider's own page about it,
    `holder` whose account it is, where that is told.
    """

    clabe: str
    bank: str | None
    expires_at: datetime | None
    page_url: str | None = None
    holder: str | None = None


@dataclass(frozen=True)
class CashReference:
    """Say what is shown at one network's shops. The amount is the order's.

    `fee` in centavos is what the shop asks of the buyer on top, None where nobody tells it.
    `agreement` is the number that a bank's machine asks for first; `barcode` is what the picture
    at `barcode_url` holds, where it is told; `page_url` is the provider's own ticket.
    """

    network: str
    reference: str
    fee: int | None
    barcode_url: str | None
    stores: tuple[str, ...]
    agreement: str | None = None
    barcode: str | None = None
    page_url: str | None = None


@dataclass(frozen=True)
class CashInstructions:
    """Say how to pay in cash: any one of the references, each at its own network."""

    references: tuple[CashReference, ...]
    expires_at: datetime | None


Instructions = TransferInstructions | CashInstructions


@dataclass(frozen=True)
class CashNetwork:
    """Describe shops that take one reference: `name` for the provider, `label` for people.

    `fee` in centavos is what they ask of the buyer on top, None where nobody tells it.
    """

    name: str
    label: str
    fee: int | None
    stores: tuple[str, ...]


@dataclass(frozen=True)
class MethodTerms:
    """Say what a provider asks of a method. `least` and `most` in centavos of a purchase.

    `fee` in centavos is what the shop asks of the buyer on top, to be shown before choosing: 0 for
    none, None where nobody tells it. `longest` is how far off the end of the time to pay may be.
    `networks` are those to choose from, the usual one first. `currency`: the only one, if any.
    """

    fee: int | None
    least: int
    most: int
    longest: timedelta
    refundable: bool
    networks: tuple[CashNetwork, ...] = ()
    currency: str | None = None
