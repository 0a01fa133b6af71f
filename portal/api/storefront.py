"""Read what a router's shop shows with one query, and trust it for a moment.

One query finds the key, whether it is good, and the shop's wares; what was found serves every
request of this process until it is `cache_seconds` old. A revocation counts after that. Who wants
no wares is let in by a smaller one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from flask import current_app
from sqlalchemy import Select, bindparam, select

from portal.api.public.answers import CachedAnswer, catalogue_entry, shop_settings
from portal.core.database import reading
from portal.core.records import from_now
from portal.core.rows.prepared import find
from portal.models import ApiKey, Company, GatewayAccount, Plan, Router
from portal.ports import settings
from portal.sales.catalogue import catalogue

REVOKED = "API Key revocada"
EXPIRED = "API Key expirada"
COMPANY_INACTIVE = "Empresa no activa"
ROUTER_INACTIVE = "Router no activo"
MOST = 1024


@dataclass(frozen=True)
class KeyFacts:
    """Hold what a key opens, as it was a moment ago. `refusal`: why it does not, or empty.

    They are trusted `until` a moment of the monotonic clock.
    """

    until: float
    key_id: str
    token_digest: str
    refusal: str
    company_id: str
    router_id: str


@dataclass(frozen=True)
class Storefront(KeyFacts):
    """Hold a shop as it was a moment ago, with what it shows."""

    company: Company
    router: Router
    account: GatewayAccount | None
    plans: tuple[Plan, ...]

    @cached_property
    def settings(self) -> CachedAnswer:
        """Give the answer of /config/public."""
        return CachedAnswer.of(shop_settings(self.company, self.router, self.account))

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


Facts = TypeVar("Facts", bound=KeyFacts)


class Kept(Generic[Facts]):
    """Keep what was read of keys in this process, by the digest of each."""

    def __init__(self, seconds: float, read: Callable[[str, float], Facts | None]) -> None:
        self._seconds, self._read = seconds, read
        self._kept: dict[str, Facts] = {}

    def get(self, digest: str) -> Facts | None:
        """Give what is behind the key, if it was read a moment ago."""
        found = self._kept.get(digest)
        return found if found is not None and time.monotonic() < found.until else None

    def id_of(self, digest: str) -> str | None:
        """Give the id of a key that was good enough to be read before, however long ago."""
        found = self._kept.get(digest)
        return found.key_id if found is not None else None

    def load(self, digest: str, key_id: str) -> Facts | None:
        """Read what is behind a key. What is kept is as old as the question, not the answer."""
        found = self._read(key_id, time.monotonic() + self._seconds)
        if found is not None and found.token_digest == digest:
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[digest] = found
        return found


def storefronts() -> Kept[Storefront]:
    """Give the storefronts of this application."""
    found: Kept[Storefront] | None = current_app.extensions.get("storefronts")
    if found is None:
        found = Kept(settings().cache_seconds, _read)
        current_app.extensions["storefronts"] = found
    return found


def keys() -> Kept[KeyFacts]:
    """Give what this application knows of keys whose wares nobody wanted to see."""
    found: Kept[KeyFacts] | None = current_app.extensions.get("router_keys")
    if found is None:
        found = Kept(settings().cache_seconds, _read_key)
        current_app.extensions["router_keys"] = found
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
        refusal=_refusal(first, first.Company.active, first.Router.active),
        company_id=first.Company.id,
        router_id=first.Router.id,
        company=first.Company,
        router=first.Router,
        account=first.GatewayAccount,
        plans=tuple(row.Plan for row in rows if row.Plan is not None),
    )


def _read_key(key_id: str, until: float) -> KeyFacts | None:
    row = find(_key_query(), {"key_id": key_id})
    if row is None:
        return None
    refusal = _refusal(row, row.company_active, row.router_active)
    return KeyFacts(until, key_id, row.token_digest, refusal, row.company_id, row.router_id)


REVOKED_NOW = (ApiKey.revoked_at <= from_now()).label("revoked")
EXPIRED_NOW = (ApiKey.expires_at <= from_now()).label("expired")


@cache
def _query() -> Select[*tuple[Any, ...]]:
    return (
        catalogue(ApiKey, REVOKED_NOW, EXPIRED_NOW)
        .join(ApiKey, ApiKey.router_id == Router.id)
        .where(ApiKey.id == bindparam("key_id"))
    )


@cache
def _key_query() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ApiKey.token_digest,
            Router.id.label("router_id"),
            Company.id.label("company_id"),
            Router.active.label("router_active"),
            Company.active.label("company_active"),
            REVOKED_NOW,
            EXPIRED_NOW,
        )
        .select_from(ApiKey)
        .join(Router, Router.id == ApiKey.router_id)
        .join(Company, Company.id == Router.company_id)
        .where(ApiKey.id == bindparam("key_id"))
    )


def _refusal(row: Any, company_is_active: bool, router_is_active: bool) -> str:
    if row.revoked:
        return REVOKED
    if row.expired:
        return EXPIRED
    if not company_is_active:
        return COMPANY_INACTIVE
    return "" if router_is_active else ROUTER_INACTIVE
