"""Name what stands behind the gateway port: one payment provider, as the rest of us uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from portal.payments.answers import MAX_CENTAVOS
from portal.payments.gateway import Credentials, Gateway, Webhooks
from portal.payments.methods import Method, MethodTerms
from portal.payments.trial_cards import TrialCard


@dataclass(frozen=True)
class Checkout:
    """Hold what a customer's browser needs to show the provider's card form.

    `script_url` is loaded by our page, `component` says how the page speaks to it. `scripts` and
    `frames` are what the browser may load besides the script's own origin, as sources of a
    Content-Security-Policy. `hosts` must be reached before there is any Internet access.
    `charges_in_frame`: cards are charged in the provider's own frame, for an order opened before.
    """

    component: str
    script_url: str
    scripts: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    charges_in_frame: bool = False


# Where a provider says nothing else, it takes cards of any amount, which can be given back.
ANY_CARD = MethodTerms(0, 1, MAX_CENTAVOS, timedelta(0), refundable=True)


@dataclass(frozen=True)
class Provider:
    """Describe a payment provider: its `label` for people, and how its accounts are entered.

    `address` is its API's, which answers anybody something, with the time of its clock. `open`
    makes the gateway of one account; it is cheap, and connects nothing by itself. `methods` are the
    ways to pay that it has, with their terms, and `currencies` what it can be paid in, of which an
    account may have but one. `trial_cards` are tokens that its documentation
    publishes.
    """

    label: str
    address: str
    open: Callable[[Credentials], Gateway]
    webhooks: Webhooks
    checkout: Checkout
    close: Callable[[], None]
    currencies: frozenset[str] = frozenset({"MXN"})
    methods: Mapping[Method, MethodTerms] = field(default_factory=lambda: {Method.CARD: ANY_CARD})
    trial_cards: Mapping[TrialCard, str] = field(default_factory=dict)
