"""Limit the requests of an address, beyond what a crowded café ever sends.

Counted in this process's memory, or in a Redis that all processes share. Where Redis does not
answer, each process counts for itself: no sale waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response
from flask_limiter import Limiter, RateLimitExceeded
from limits import RateLimitItemPerMinute
from limits.errors import ConfigurationError

from config import Settings, SettingsError
from portal.core.errors import TooManyRequests
from portal.web.error_handlers import answer
from portal.web.request_context import client_address

REDIS_SECONDS = 0.25


def register(app: Flask, settings: Settings, limited: Mapping[str, Sequence[Blueprint]]) -> None:
    """Bind to the application. Raises SettingsError.

    `limited`: the blueprints whose posts count as `sales`, `reconnections` or `logins`.
    """
    limiter = _limiter(app, settings.ratelimit_storage_uri)
    amounts = {
        "sales": settings.address_sales,
        "reconnections": settings.address_reconnections,
        "logins": settings.address_logins,
    }
    for scope, blueprints in limited.items():
        _limit(limiter, scope, amounts[scope], *blueprints)
    app.extensions["unsigned_webhooks"] = partial(
        _admit_webhook, limiter, settings.address_webhooks
    )
    app.register_error_handler(RateLimitExceeded, _too_many)


def _limiter(app: Flask, uri: str) -> Limiter:
    limiter = Limiter(
        client_address,
        storage_uri=uri,
        storage_options=storage_options(uri),
        swallow_errors=True,
        in_memory_fallback_enabled=True,
        key_prefix="portal",
    )
    try:
        limiter.init_app(app)
    except (ConfigurationError, ValueError):
        raise SettingsError(
            "Set RATELIMIT_STORAGE_URI to memory:// or to a Redis, as redis://127.0.0.1:6379/0."
        ) from None
    return limiter


def _limit(limiter: Limiter, scope: str, amount: int, *blueprints: Blueprint) -> None:
    """So many posts a minute; 0 is any number."""
    if not amount:
        return
    for blueprint in blueprints:
        limiter.shared_limit(f"{amount} per minute", scope, methods=["POST"])(blueprint)


def _admit_webhook(limiter: Limiter, amount: int) -> None:
    """Count what an address posted that nobody signed. Raises TooManyRequests."""
    if not amount:
        return
    limit = RateLimitItemPerMinute(amount)
    try:
        admitted = limiter.limiter.hit(limit, "webhooks", client_address())
    except Exception:  # noqa: BLE001 - a Redis that is away keeps nobody out
        return
    if not admitted:
        raise TooManyRequests(limit.get_expiry())


def _too_many(error: RateLimitExceeded) -> Response:
    return answer(TooManyRequests(error.limit.limit.get_expiry()))


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
