"""Read what a router's shop shows with one query, and trust it for a moment.

One query finds the key, whether it is good, and the shop's wares; what was found serves every
request of this process until it is `cache_seconds` old. A revocation counts after that.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from flask import current_app
from sqlalchemy import Row, Select, bindparam
from sqlalchemy.orm import aliased

from portal.api.public.answers import CachedAnswer, catalogue_entry, shop_settings
from portal.core.database import reading
from portal.core.records import from_now
from portal.models import ApiKey, Company, GatewayAccount, Plan, Router
from portal.ports import settings
from portal.sales.catalogue import catalogue

REVOKED = "API Key revocada"
EXPIRED = "API Key expirada"
COMPANY_INACTIVE = "Empresa no activa"
ROUTER_INACTIVE = "Router no activo"
MOST = 1024


@dataclass(frozen=True)
class Storefront:
    """Hold a shop as it was a moment ago. `refusal`: why its key does not open it, or empty.

    `account` is where it is paid by itself, `accounts` are all at which it can be paid, that first.
    """

    key_id: str
    token_digest: str
    refusal: str
    company: Company
    router: Router
    account: GatewayAccount | None
    accounts: tuple[GatewayAccount, ...]
    plans: tuple[Plan, ...]

    @property
    def company_id(self) -> str:
        return self.company.id

    @property
    def router_id(self) -> str:
        return self.router.id

    @cached_property
    def settings(self) -> CachedAnswer:
        """Give the answer of /config/public."""
        return CachedAnswer.of(
            shop_settings(self.company, self.router, self.account, self.accounts)
        )

    @cached_property
    def catalogue(self) -> CachedAnswer:
        """Give the answer of the catalogue."""
        return CachedAnswer.of([catalogue_entry(plan, self.account) for plan in self.plans])

    @cached_property
    def entries(self) -> dict[int, CachedAnswer]:
        """Give the answers of the catalogue's single products, by id."""
        return {
            plan.id: CachedAnswer.of(catalogue_entry(plan, self.account)) for plan in self.plans
        }


class Storefronts:
    """Keep the storefronts of this process, by the digest of their key."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: dict[str, tuple[float, Storefront]] = {}

    def get(self, digest: str) -> Storefront | None:
        """Give the storefront behind the key, if it was read a moment ago."""
        until, front = self._kept.get(digest, (0.0, None))
        return front if time.monotonic() < until else None

    def load(self, digest: str, key_id: str) -> Storefront | None:
        """Read the storefront of a key. What is kept is as old as the question, not the answer."""
        asked = time.monotonic()
        front = _read(key_id)
        if front is not None and front.token_digest == digest:
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[digest] = (asked + self._seconds, front)
        return front


def storefronts() -> Storefronts:
    """Give those of this application."""
    found: Storefronts | None = current_app.extensions.get("storefronts")
    if found is None:
        found = current_app.extensions["storefronts"] = Storefronts(settings().cache_seconds)
    return found


def _read(key_id: str) -> Storefront | None:
    with reading() as session:
        rows = session.execute(_query(), {"key_id": key_id}).all()
    if not rows:
        return None
    first = rows[0]
    return Storefront(
        key_id=first.ApiKey.id,
        token_digest=first.ApiKey.token_digest,
        refusal=_refusal(first),
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
    revoked = (ApiKey.revoked_at <= from_now()).label("revoked")
    expired = (ApiKey.expires_at <= from_now()).label("expired")
    at_any = aliased(GatewayAccount, name="at_any")
    can_be_paid = at_any.current & at_any.private_key_sealed.is_not(None)
    return (
        catalogue(ApiKey, revoked, expired, at_any)
        .join(ApiKey, ApiKey.router_id == Router.id)
        .outerjoin(at_any, (at_any.company_id == Router.company_id) & can_be_paid)
        .where(ApiKey.id == bindparam("key_id"))
    )


def _refusal(row: Row[*tuple[Any, ...]]) -> str:
    if row.revoked:
        return REVOKED
    if row.expired:
        return EXPIRED
    if not row.Company.active:
        return COMPANY_INACTIVE
    return "" if row.Router.active else ROUTER_INACTIVE
