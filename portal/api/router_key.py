"""Let in by a router's API key, which opens the public endpoints: it can buy and look."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

import jwt
from flask import g, request

from portal.api.storefront import Facts, Kept, Storefront, keys, storefronts
from portal.core.errors import Unauthorized
from portal.core.records import sane
from portal.core.vault import token_digest
from portal.operators.api_keys import ALGORITHM, ISSUER, PREFIX, TYPE
from portal.ports import settings

MISSING = "API Key requerida"
WRONG = "API Key inválida"
EXPIRED = "API Key expirada"
LONGEST = 2048
CLAIMS = ["jti", "iss", "sub", "empresa", "iat", "exp", "type"]


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
    _let_in(keys())


def require_storefront() -> None:
    """Do the same for those who want to see the wares, which are read along with it."""
    if request.method == "OPTIONS":
        return
    g.storefront = _let_in(storefronts())


def shop() -> PublicShop:
    """Give the shop of the request at hand."""
    found: PublicShop = g.public_shop
    return found


def storefront() -> Storefront:
    """Give what the shop of the request at hand shows. Raises Unauthorized."""
    if "storefront" not in g:
        require_storefront()
    found: Storefront = g.storefront
    return found


def _let_in(kept: Kept[Facts]) -> Facts:
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
