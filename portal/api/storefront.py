"""Read what a router's shop shows with one query, and trust it for a moment.

One query finds the key, whether it is good, and the shop's wares. Who wants no wares is let in by a
smaller one, of `router_key`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from flask import current_app, g, request
from sqlalchemy import Row, Select, bindparam
from sqlalchemy.orm import aliased

from portal.api.public.answers import CachedAnswer, catalogue_entry, payment_methods, shop_settings
from portal.api.router_key import EXPIRED_NOW, REVOKED_NOW, Kept, KeyFacts, let_in, refusal_of
from portal.core.database import reading
from portal.models import ApiKey, Company, GatewayAccount, Plan, Router
from portal.ports import settings
from portal.sales.catalogue import catalogue


@dataclass(frozen=True)
class Storefront(KeyFacts):
    """Hold a shop as it was a moment ago, with what it shows.

    `account` is where it is paid by itself, `accounts` are all at which it can be paid, that first.
    """

    company: Company
    router: Router
    account: GatewayAccount | None
    accounts: tuple[GatewayAccount, ...]
    plans: tuple[Plan, ...]

    @cached_property
    def settings(self) -> CachedAnswer:
        """Give the answer of /config/public."""
        return CachedAnswer.of(
            shop_settings(self.company, self.router, self.account, self.accounts)
        )

    @cached_property
    def catalogue(self) -> CachedAnswer:
        """Give the answer of the catalogue."""
        return CachedAnswer.of([self._entry(plan) for plan in self.plans])

    @cached_property
    def entries(self) -> dict[int, CachedAnswer]:
        """Give the answers of the catalogue's single products, by id."""
        return {plan.id: CachedAnswer.of(self._entry(plan)) for plan in self.plans}

    @cached_property
    def ways_to_pay(self) -> dict[int, CachedAnswer]:
        """Give the answers that tell how each product can be paid, by its id."""
        return {
            plan.id: CachedAnswer.of(payment_methods(plan, self.company, self.accounts))
            for plan in self.plans
        }

    def _entry(self, plan: Plan) -> dict[str, Any]:
        return catalogue_entry(plan, self.company, self.accounts)


def storefronts() -> Kept[Storefront]:
    """Give the storefronts of this application."""
    found: Kept[Storefront] | None = current_app.extensions.get("storefronts")
    if found is None:
        found = Kept(settings().cache_seconds, _read)
        current_app.extensions["storefronts"] = found
    return found


def _read(key_id: str, until: float) -> Storefront | None:
    with reading() as session:
        rows = session.execute(_query(), {"key_id": key_id}).all()
    if not rows:
        return None
    first = rows[0]
    return Storefront(
        until=until,
        key_id=first.ApiKey.id,
        token_digest=first.ApiKey.token_digest,
        refusal=refusal_of(first, first.Company.active, first.Router.active),
        company_id=first.Company.id,
        router_id=first.Router.id,
        company=first.Company,
        router=first.Router,
        account=first.GatewayAccount,
        accounts=_payable(rows),
        plans=tuple({row.Plan.id: row.Plan for row in rows if row.Plan is not None}.values()),
    )


def _payable(rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[GatewayAccount, ...]:
    found = {row.at_any.provider: row.at_any for row in rows if row.at_any is not None}
    return tuple(sorted(found.values(), key=lambda each: (not each.preferred, each.provider)))


@cache
def _query() -> Select[*tuple[Any, ...]]:
    at_any = aliased(GatewayAccount, name="at_any")
    can_be_paid = at_any.current & at_any.private_key_sealed.is_not(None)
    return (
        catalogue(ApiKey, REVOKED_NOW, EXPIRED_NOW, at_any)
        .join(ApiKey, ApiKey.router_id == Router.id)
        .outerjoin(at_any, (at_any.company_id == Router.company_id) & can_be_paid)
        .where(ApiKey.id == bindparam("key_id"))
    )


def require_storefront() -> None:
    """Let in, as `require_router_key` does, who wants to see the wares: they are read with it."""
    if request.method == "OPTIONS":
        return
    g.storefront = let_in(storefronts())


def storefront() -> Storefront:
    """Give what the shop of the request at hand shows. Raises Unauthorized."""
    if "storefront" not in g:
        require_storefront()
    found: Storefront = g.storefront
    return found
