"""Let in by a router's API key, which opens the public endpoints: it can buy and look.

What was read of a key serves every request of this process until it is `cache_seconds` old: a
revocation counts after that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hmac import compare_digest
from typing import Any, Generic, TypeVar

import jwt
from flask import current_app, g, request
from sqlalchemy import Select, bindparam, select

from portal.core.errors import Unauthorized
from portal.core.records import from_now, sane
from portal.core.rows.prepared import find
from portal.core.vault import token_digest
from portal.models import ApiKey, Company, Router
from portal.operators.api_keys import ALGORITHM, ISSUER, PREFIX, TYPE
from portal.ports import settings

MISSING = "API Key requerida"
WRONG = "API Key inválida"
EXPIRED = "API Key expirada"
LONGEST = 2048
CLAIMS = ["jti", "iss", "sub", "empresa", "iat", "exp", "type"]
REVOKED = "API Key revocada"
COMPANY_INACTIVE = "Empresa no activa"
ROUTER_INACTIVE = "Router no activo"
MOST = 1024
REVOKED_NOW = (ApiKey.revoked_at <= from_now()).label("revoked")
EXPIRED_NOW = (ApiKey.expires_at <= from_now()).label("expired")


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


@dataclass(frozen=True)
class PublicShop:
    """Name where a customer buys: the router whose key was shown."""

    company_id: str
    router_id: str
    key_id: str


def require_router_key() -> None:
    """Let the request through if its key is good. Raises Unauthorized."""
    if request.method == "OPTIONS":
        return
    let_in(keys())


def shop() -> PublicShop:
    """Give the shop of the request at hand."""
    found: PublicShop = g.public_shop
    return found


def let_in(kept: Kept[Facts]) -> Facts:
    """Give what the key that is shown opens, and have `shop` tell of it. Raises Unauthorized."""
    token = _token()
    facts = kept.get(token_digest(token)) or _look_up(token, kept)
    if facts.refusal:
        raise Unauthorized(facts.refusal)
    g.public_shop = PublicShop(facts.company_id, facts.router_id, facts.key_id)
    return facts


def _token() -> str:
    token = request.headers.get("X-API-Key", "").strip()
    if not token:
        scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else ""
    if not token:
        raise Unauthorized(MISSING)
    if len(token) > LONGEST or not token.startswith(PREFIX):
        raise Unauthorized(WRONG)
    return token


def _look_up(token: str, kept: Kept[Facts]) -> Facts:
    digest = token_digest(token)
    # Who has shown the very token before has a signature of ours; how old it is the row says too.
    key_id = kept.id_of(digest) or _claims(token.removeprefix(PREFIX))["jti"]
    facts = kept.load(digest, key_id)
    if facts is None or not compare_digest(facts.token_digest, digest):
        raise Unauthorized(WRONG)
    return facts


def _claims(token: str) -> dict[str, Any]:
    try:
        claims = jwt.decode(
            token,
            settings().jwt_apikey_secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            # The database knows when a key was issued; a clock that runs ahead is no reason.
            options={"require": CLAIMS, "verify_iat": False},
        )
    except jwt.ExpiredSignatureError as error:
        raise Unauthorized(EXPIRED) from error
    except jwt.InvalidTokenError as error:
        raise Unauthorized(WRONG) from error
    if claims["type"] != TYPE or not sane(claims["jti"]):
        raise Unauthorized(WRONG)
    return claims


def keys() -> Kept[KeyFacts]:
    """Give what this application knows of keys whose wares nobody wanted to see."""
    found: Kept[KeyFacts] | None = current_app.extensions.get("router_keys")
    if found is None:
        found = Kept(settings().cache_seconds, _read_key)
        current_app.extensions["router_keys"] = found
    return found


def _read_key(key_id: str, until: float) -> KeyFacts | None:
    row = find(_key_query(), {"key_id": key_id})
    if row is None:
        return None
    refusal = refusal_of(row, row.company_active, row.router_active)
    return KeyFacts(until, key_id, row.token_digest, refusal, row.company_id, row.router_id)


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


def refusal_of(row: Any, company_is_active: bool, router_is_active: bool) -> str:
    """Say why a key does not open its shop, or nothing where it does."""
    if row.revoked:
        return REVOKED
    if row.expired:
        return EXPIRED
    if not company_is_active:
        return COMPANY_INACTIVE
    return "" if router_is_active else ROUTER_INACTIVE
