"""Limit an address' requests, and tell browsers how little they may do with our answers.

An address may send more than a crowded café ever does. Requests are counted in this process's
memory, or in a Redis that all processes share. Where Redis does not answer, each process counts
for itself: no sale waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any

from flask import Blueprint, Flask, Response, request
from limits import RateLimitItemPerMinute
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from config import Settings, SettingsError
from portal.core.errors import TooManyRequests
from portal.core.logs import log
from portal.web.page_policy import opener_policy, page_policy
from portal.web.request_context import client_address

REDIS_SECONDS = 0.25
# So long each process counts for itself once Redis did not answer, before it asks there again.
ALONE_SECONDS = 5.0
PREFIX = "portal"
MEMORY = "memory:"
# So often what is over is dropped from memory.
SWEEP_SECONDS = 60.0
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
# Not for subdomains: a hotspot's own login page often lives on one, without https.
HSTS = "max-age=31536000"
ALONE = "same-origin"
NOTHING = "default-src 'none'; frame-ancestors 'none'"


def register(app: Flask, settings: Settings, limited: Mapping[str, Sequence[Blueprint]]) -> None:
    """Bind to the application.

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
    app.extensions["unsigned_webhooks"] = partial(
        _admit_webhook, counter, settings.address_webhooks
    )


class MemoryWindows:
    """Count in this process's memory.

    The library's own memory starts a thread at each count, which a sale would wait for.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._windows: dict[tuple[str, ...], tuple[float, int]] = {}
        self._sweep_at = monotonic() + SWEEP_SECONDS

    @property
    def names(self) -> set[tuple[str, ...]]:
        """Give what is in memory at the moment."""
        return set(self._windows)

    def hit(self, limit: RateLimitItemPerMinute, *names: str) -> bool:
        """Count one more for these names; whether it is within the limit.

        A window begins with its first count, and the next once it is over.
        """
        now = monotonic()
        with self._lock:
            if now >= self._sweep_at:
                self._sweep(now)
            until, count = self._windows.get(names, (0.0, 0))
            if now >= until:
                until, count = now + limit.get_expiry(), 0
            self._windows[names] = until, count + 1
        return count < limit.amount

    def _sweep(self, now: float) -> None:
        self._windows = {names: kept for names, kept in self._windows.items() if kept[0] > now}
        self._sweep_at = now + SWEEP_SECONDS


class Counter:
    """Count requests in the storage that all processes share, or in this one where it is away."""

    def __init__(self, uri: str) -> None:
        self._own = MemoryWindows()
        self._shared = self._own if uri.startswith(MEMORY) else _shared(uri)
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


def _shared(uri: str) -> FixedWindowRateLimiter:
    try:
        return FixedWindowRateLimiter(storage_from_string(uri, **storage_options(uri)))
    except (ConfigurationError, ValueError):
        raise SettingsError(
            "Set RATELIMIT_STORAGE_URI to memory:// or to a Redis, as redis://127.0.0.1:6379/0."
        ) from None


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


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.update(ALWAYS)
    is_page = response.mimetype == "text/html"
    headers["Cross-Origin-Opener-Policy"] = opener_policy() if is_page else ALONE
    headers.setdefault("Cache-Control", "no-store")
    headers["Content-Security-Policy"] = page_policy() if is_page else NOTHING
    if request.is_secure:
        headers["Strict-Transport-Security"] = HSTS
    return response
