"""Say with which methods a plan can be paid: the one place that decides it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from portal.models import GatewayAccount
from portal.payments.methods import Method, MethodTerms
from portal.ports import provider_named, provider_names


class Priced(Protocol):
    """Have a price, in centavos of a currency."""

    amount: int
    currency: str


class Seller(Protocol):
    """Say how it wants to be paid, as `Company` does."""

    payment_methods: str
    cash_minimum: int | None


@dataclass(frozen=True)
class OfferedMethod:
    """Hold a way to pay, at which account, and what is asked there."""

    method: Method
    account: GatewayAccount
    terms: MethodTerms

    @property
    def networks(self) -> tuple[str, ...]:
        """Name the shops to choose from, as the gateway calls them."""
        return tuple(network.name for network in self.terms.networks)


def methods_for(
    plan: Priced, seller: Seller, accounts: Iterable[GatewayAccount]
) -> tuple[OfferedMethod, ...]:
    """List how the plan can be paid now, at accounts that can be paid, in their order.

    Cards go first, then transfers, then cash; nothing is in it twice but at several accounts.
    """
    return tuple(
        each
        for each in wanted_methods(seller, accounts)
        if each.terms.least <= plan.amount <= each.terms.most
        and each.terms.currency in (None, plan.currency)
        and not (each.method == Method.CASH and plan.amount < (seller.cash_minimum or 0))
    )


def wanted_methods(seller: Seller, accounts: Iterable[GatewayAccount]) -> tuple[OfferedMethod, ...]:
    """List the same whatever a plan costs."""
    found = [each for account in accounts for each in _at(account, seller)]
    return tuple(sorted(found, key=lambda each: list(Method).index(each.method)))


def names(offered: Iterable[OfferedMethod]) -> tuple[Method, ...]:
    """Name each method once."""
    return tuple(dict.fromkeys(each.method for each in offered))


def _at(account: GatewayAccount, seller: Seller) -> Iterator[OfferedMethod]:
    # An account at a provider that this deployment has no more can be paid by nobody.
    if account.provider not in provider_names():
        return
    wanted = seller.payment_methods.split(",")
    for method, terms in provider_named(account.provider).methods.items():
        if method in wanted:
            yield OfferedMethod(method, account, terms)
