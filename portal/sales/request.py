"""Hold what somebody asks to buy, recognise it when it is asked again, and read what is on sale.

Whether a sale of it could be finished is known before anything happens.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, String, bindparam, true

from portal import ports
from portal.access.provisioning import hotspot_user
from portal.core.database import reading
from portal.core.rows.columns import columns_of, loaded
from portal.core.rows.prepared import find
from portal.core.vault import VaultError
from portal.hotspot.router import HotspotRouter
from portal.models import Access, Company, GatewayAccount, Plan, Router
from portal.payments.gateway import Gateway
from portal.payments.methods import Method
from portal.ports import settings
from portal.sales.card_testing import recent_declines, recently, refuse_card_testing
from portal.sales.catalogue import catalogue
from portal.sales.errors import MethodNotOffered, PaymentUnavailable, PlanNotFound
from portal.sales.missing_keys import tell_of_lost_key

# Two letters at least: what a gateway takes for a name is published nowhere.
LETTERS = re.compile(r"[A-Za-z]{2,}")
LONGEST_ASSUMED = 60
NOBODY = "Cliente"
ANY = 2**31 - 1

TEST_TOKEN = "tok_test_"  # noqa: S105 - the published tokens of the gateway's test mode


def assumed_name(email: str) -> str:
    """Give whom an order names where nobody asked the buyer: the card's own form does, later."""
    words = LETTERS.findall(email.partition("@")[0])
    return " ".join(words).title()[:LONGEST_ASSUMED].strip() or NOBODY


@dataclass(frozen=True, kw_only=True)
class PageVisit:
    """Describe the visit on the pages that a purchase comes from.

    `id` is the same for all tries of one visit; `text` is the visit in the pages' own writing.
    """

    id: str | None
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class PurchaseRequest:
    """Describe a purchase as it was asked for. `kind` is user_password or pin.

    `mac` is `AA:BB:CC:DD:EE:FF`; `idempotency_key` is what the caller sent, or None.
    `extends_access_id` names a standing access that it adds to. `client_address` is who asked,
    as far as the network tells. `known_as` tells payers apart where a MAC would not do;
    `language` is what the buyer chose, es or en. `provider` names the gateway whose card form made
    the token; None is `usual_provider` where the company can be paid there, else the one that it
    prefers. `card_token` is None where `method` is none of cards; `network` names the shops, of
    those that the gateway lists for cash. Cards without a token are charged in the
    gateway's own frame.
    """

    company_id: str
    router_id: str
    plan_id: int
    card_token: str | None = field(repr=False)
    customer_name: str
    customer_email: str
    customer_phone: str | None = None
    mac: str | None = None
    ip: str | None = None
    device_info: str | None = None
    auto_connect: bool = False
    kind: str = "user_password"
    idempotency_key: str | None = None
    extends_access_id: str | None = None
    client_address: str | None = None
    known_as: str | None = None
    language: str | None = None
    provider: str | None = None
    usual_provider: str | None = None
    visit: PageVisit | None = None
    method: Method = Method.CARD
    network: str | None = None

    @property
    def device(self) -> str:
        """Tell who pays, as far as we can: by what the caller knows, else MAC, address, e-mail.

        An address is another device's tomorrow, when a deferred payment may still be waited for.
        """
        address = self.ip if self.method == Method.CARD else None
        return self.known_as or self.mac or address or self.customer_email.lower()

    @property
    def in_frame(self) -> bool:
        """Tell whether the card is to be charged in the gateway's own frame: no token is made."""
        return self.card_token is None and self.method == Method.CARD

    @property
    def card_token_digest(self) -> str | None:
        """Give what is kept of the card token."""
        return None if self.card_token is None else _digest(self.card_token)

    def digest(self) -> str:
        """Give the same for the same wishes, whatever key they came with.

        A program that comes back for its reference hours later may have another address by then. Of
        a page's visitor, whom nothing else may tell from a stranger, as much as can be is compared.
        """
        is_card = self.method == Method.CARD
        knows_device = is_card or self.known_as is not None
        wishes = [
            self.plan_id,
            self.card_token_digest,
            self.customer_name,
            self.customer_email,
            self.customer_phone,
            self.mac,
            self.ip if knows_device else None,
            self.device_info if knows_device else None,
            self.auto_connect,
            self.kind,
            self.extends_access_id,
            # What was asked for before there was a choice is known by what it was made of.
            *([self.provider] if self.provider else []),
            *([] if is_card else [self.method, self.network]),
        ]
        return _digest(json.dumps(wishes))

    def key(self, *, live: bool) -> str | None:
        """Give the digest that names this purchase on its router, or None where nothing names it.

        A minted card token is single use, so it names the purchase where no key was sent.
        The published test tokens can be used again and again, so they name nothing. A deferred
        payment is known by its device, while it is not decided.
        """
        if self.idempotency_key is not None:
            return key_of(self.idempotency_key)
        if self.card_token is None:
            return None
        if not live and self.card_token.startswith(TEST_TOKEN):
            return None
        return "token:" + _digest(self.card_token)


def key_of(idempotency_key: str) -> str:
    """Give what names a purchase on its router that came with this key."""
    return "key:" + _digest(idempotency_key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Offer:
    """Hold a plan on sale, with the router that delivers it and the account that is paid.

    `pin_digits` is how long the company's PINs are, `vat_rate` the tax within its prices, in basis
    points; `payable_until` ends the time for a deferred payment.
    """

    plan: Plan
    router: Router
    account: GatewayAccount
    pin_digits: int
    vat_rate: int
    payable_until: datetime | None = None


def find_offer(order: PurchaseRequest) -> Offer:
    """Find what the order buys. One query.

    Raises PlanNotFound, PaymentUnavailable, MethodNotOffered, TooManyRequests.
    """
    declines = decline_values(order)
    values = {"plan_id": order.plan_id, "company_id": order.company_id}
    values |= {"provider": order.provider or order.usual_provider or ""} | declines
    row = find(_query(), values)
    if row is None:
        raise PlanNotFound
    if not row.can_be_paid:
        raise PaymentUnavailable
    offer = _offer(row)
    if order.provider not in (None, offer.account.provider):
        raise PaymentUnavailable
    if Method.CARD not in row.payment_methods:
        raise MethodNotOffered
    if order.in_frame and not ports.provider_of(offer.account).checkout.charges_in_frame:
        raise PaymentUnavailable
    refuse_card_testing(declines, row)
    return offer


def decline_values(order: PurchaseRequest) -> dict[str, Any]:
    """Give the parameters of `recent_declines`."""
    return {
        "device": order.device,
        "known_anywhere": order.known_as is not None,
        "client_address": order.client_address,
        "most_of_address": settings().address_declines or ANY,
    } | recently(order.router_id)


def _offer(row: Any) -> Offer:
    after_router = len(columns_of(Router)) + 1
    after_account = after_router + len(columns_of(GatewayAccount))
    return Offer(
        loaded(Plan, row, after_account),
        loaded(Router, row),
        loaded(GatewayAccount, row, after_router),
        row.pin_digits,
        row.vat_rate,
    )


@dataclass(frozen=True)
class Ends:
    """Hold both ends of a sale, reached with keys that could be opened."""

    hotspot: HotspotRouter
    gateway: Gateway


def reach_for_both_ends(order: PurchaseRequest, offer: Offer) -> Ends:
    """Reach for both as the sale's steps will.

    Raises PaymentUnavailable, and tells the operator, where the order could not be finished.
    """
    try:
        _open_standing(order)
        return Ends(ports.hotspot_of(offer.router), ports.gateway_of(offer.account))
    except VaultError as error:
        tell_of_lost_key(error)
        raise PaymentUnavailable from None


def _open_standing(order: PurchaseRequest) -> None:
    """Open the secrets of the access that the order adds to. Raises VaultError."""
    if order.extends_access_id is None:
        return
    with reading() as session:
        access = session.get(Access, order.extends_access_id)
    if access is not None:
        hotspot_user(access)


@cache
def _query() -> Select[*tuple[Any, ...]]:
    """Build the query once: that takes longer than asking."""
    declines = recent_declines()
    return (
        catalogue(
            declines,
            Company.vat_rate,
            Company.payment_methods,
            of_company=Company.pin_digits,
            whole=columns_of,
            wanted=bindparam("provider", type_=String),
        )
        .join(declines, true())
        .where(
            Router.id == bindparam("router_id", type_=String),
            Company.id == bindparam("company_id"),
            Plan.id == bindparam("plan_id"),
        )
        .order_by(None)
    )
