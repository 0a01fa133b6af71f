"""Limit an address' requests, and tell browsers how little they may do with our answers.

An address may send more than a crowded café ever does. Requests are counted in this process's
memory, or in a Redis that all processes share. Where Redis does not answer, each process counts
for itself: no sale waits for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Any

from flask import Blueprint, Flask, Response, g, request
from limits import RateLimitItemPerMinute
from limits.errors import ConfigurationError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from config import Settings, SettingsError
from portal.core.errors import TooManyRequests
from portal.core.logs import log
from portal.web.request_context import client_address

REDIS_SECONDS = 0.25
# So long each process counts for itself once Redis did not answer, before it asks there again.
ALONE_SECONDS = 5.0
PREFIX = "portal"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Not for subdomains: a hotspot's own login page often lives on one, without https.
HSTS = "max-age=31536000"
NOTHING = "default-src 'none'; frame-ancestors 'none'"
PAGE: Mapping[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "form-action": ("'self'",),
    "base-uri": ("'none'",),
    "frame-ancestors": ("'none'",),
}


def register(app: Flask, settings: Settings, limited: Mapping[str, Sequence[Blueprint]]) -> None:
    """Bind to the application; templates write `<script nonce="{{ csp_nonce() }}">`.

    `limited`: the blueprints whose posts count as `sales`, `reconnections` or `logins`. Raises
    SettingsError.
    """
    counter = Counter(settings.ratelimit_storage_uri)
    amounts = {
        "sales": settings.address_sales,
        "reconnections": settings.address_reconnections,
        "logins": settings.address_logins,
    }
    bounds = {
        blueprint.name: (scope, RateLimitItemPerMinute(amounts[scope]))
        for scope, blueprints in limited.items()
        for blueprint in blueprints
        if amounts[scope]
    }
    app.before_request(partial(_admit_post, counter, bounds))
    app.after_request(_add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.extensions["unsigned_webhooks"] = partial(
        _admit_webhook, counter, settings.address_webhooks
    )


class Counter:
    """Count requests in the storage that all processes share, or in this one where it is away."""

    def __init__(self, uri: str) -> None:
        try:
            storage = storage_from_string(uri, **storage_options(uri))
        except (ConfigurationError, ValueError):
            raise SettingsError(
                "Set RATELIMIT_STORAGE_URI to memory:// or to a Redis, as redis://127.0.0.1:6379/0."
            ) from None
        self._shared = FixedWindowRateLimiter(storage)
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._alone_until = 0.0

    def admit(self, limit: RateLimitItemPerMinute, scope: str) -> None:
        """Count a request of the caller at hand. Raises TooManyRequests."""
        if not self._hit(limit, PREFIX, scope, client_address()):
            raise TooManyRequests(limit.get_expiry())

    def _hit(self, limit: RateLimitItemPerMinute, *names: str) -> bool:
        if monotonic() >= self._alone_until:
            try:
                return self._shared.hit(limit, *names)
            except Exception as error:  # noqa: BLE001 - a Redis that is away keeps nobody out
                self._alone_until = monotonic() + ALONE_SECONDS
                log().warning("rate_limit_storage_away", error=type(error).__name__)
        return self._own.hit(limit, *names)


def _admit_post(counter: Counter, bounds: Mapping[str, tuple[str, RateLimitItemPerMinute]]) -> None:
    """So many posts a minute to these blueprints; to others, and without a bound, any number."""
    bound = bounds.get(request.blueprint or "") if request.method == "POST" else None
    if bound is not None:
        scope, limit = bound
        counter.admit(limit, scope)


def _admit_webhook(counter: Counter, amount: int) -> None:
    """Count what an address posted that nobody signed. Raises TooManyRequests."""
    if amount:
        counter.admit(RateLimitItemPerMinute(amount), "webhooks")


def storage_options(uri: str) -> dict[str, Any]:
    """Say how a Redis is asked: in a moment, and once."""
    if not uri.startswith(("redis", "valkey")):
        return {}
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {
        "socket_timeout": REDIS_SECONDS,
        "socket_connect_timeout": REDIS_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }


def csp_nonce() -> str:
    """Give the nonce that inline scripts and styles of this very answer are known by."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def allow(directive: str, *sources: str) -> None:
    """Let the page of this request use more: `allow("script-src", "https://cdn.example.com")`."""
    g.setdefault("csp_allowed", {}).setdefault(directive, []).extend(sources)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.update(ALWAYS)
    headers.setdefault("Cache-Control", "no-store")
    headers["Content-Security-Policy"] = _policy() if response.mimetype == "text/html" else NOTHING
    if request.is_secure:
        headers["Strict-Transport-Security"] = HSTS
    return response


def _policy() -> str:
    allowed: dict[str, list[str]] = g.get("csp_allowed", {})
    policy = {name: [*PAGE.get(name, ()), *allowed.get(name, ())] for name in {**PAGE, **allowed}}
    if "csp_nonce" in g:
        policy["script-src"].append(f"'nonce-{g.csp_nonce}'")
    # Beside a nonce browsers take no notice of 'unsafe-inline', which lets ours in anyway.
    if "csp_nonce" in g and "'unsafe-inline'" not in policy["style-src"]:
        policy["style-src"].append(f"'nonce-{g.csp_nonce}'")
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in policy.items())
