"""Hold what the sandbox remembers: plain records that go into the state file as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.gateway.http import Json


@dataclass(frozen=True)
class Seller:
    """Hold whose access token it is; `site` is the country, as MLM."""

    account: str
    live: bool
    site: str


@dataclass
class Order:
    """Hold one order. `parts` are what else it was opened with, and is told back.

    `payments` and `refunds` are bodies as they are answered. `challenge` is the id of the 3DS
    page that waits for the buyer. `busy` while it is being processed. `token` is its card's.
    """

    id: str
    account: str
    site: str
    live: bool
    total_amount: str
    created_date: str
    last_updated_date: str
    parts: Json
    status: str = "created"
    status_detail: str = "created"
    payments: list[Json] = field(default_factory=list)
    refunds: list[Json] = field(default_factory=list)
    token: str | None = None
    challenge: str | None = None
    busy: bool = False

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Order:
        """Give the order as the state file tells it."""
        return cls(**{**record, "busy": False})


@dataclass
class CardToken:
    """Hold a minted card token, good once; `outcome` is what its card's bank will say."""

    id: str
    brand: str
    outcome: str
    last_four_digits: str
    date_created: str
    used: bool = False


@dataclass
class Kept:
    """Hold the first answer to a write, by account and key; None while it is under way."""

    id: str
    question: str
    status: int | None = None
    body: Json | None = None


@dataclass
class Subscription:
    """Hold where a seller's notices go, and the secret that they are signed with."""

    id: str
    url: str
    secret: str
