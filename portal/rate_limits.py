"""How many requests an address may send, beyond what a crowded café ever does.

Counted in this process's memory, or in a Redis that all processes share. Where Redis does not
answer, each process counts for itself: no sale waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import Blueprint, Flask, Response, request
from flask_limiter import Limiter, RateLimitExceeded
from limits.errors import ConfigurationError

from config import Settings, SettingsError
from portal.api.auth import door
from portal.api.public import hotspot, payments
from portal.errors import TooManyRequests
from portal.errors_http import answer
from portal.pages.blueprint import blueprint as pages

REDIS_SECONDS = 0.25
# Who is given an IPv6 network has 2⁶⁴ addresses to come from.
IPV6_NETWORK = 64
DECLINED = 402


def register(app: Flask, settings: Settings) -> None:
    """Bind to the application. Raises SettingsError."""
    limiter = _limiter(app, settings.ratelimit_storage_uri)
    pay = (payments.blueprint, pages)
    _limit(limiter, "sales", settings.address_sales, 1, *pay)
    _limit(limiter, "reconnections", settings.address_reconnections, 1, hotspot.blueprint)
    _limit(limiter, "logins", settings.address_logins, 1, door)
    declines = (settings.address_declines, settings.decline_minutes)
    _limit(limiter, "declines", *declines, *pay, deduct_when=_was_declined)
    app.register_error_handler(RateLimitExceeded, _too_many)


def _limiter(app: Flask, uri: str) -> Limiter:
    limiter = Limiter(
        client_address,
        storage_uri=uri,
        storage_options=_storage_options(uri),
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


def client_address() -> str:
    """Whom a request counts for, as far as the trusted proxies tell."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_NETWORK), strict=False))
    return str(address)


def _limit(
    limiter: Limiter,
    scope: str,
    amount: int,
    minutes: int,
    *blueprints: Blueprint,
    deduct_when: Callable[[Response], bool] | None = None,
) -> None:
    if not amount:
        return
    for blueprint in blueprints:
        rate = limiter.shared_limit(
            f"{amount} per {minutes} minutes", scope, methods=["POST"], deduct_when=deduct_when
        )
        rate(blueprint)


def _was_declined(response: Response) -> bool:
    return response.status_code == DECLINED


def _too_many(error: RateLimitExceeded) -> Response:
    return answer(TooManyRequests(error.limit.limit.get_expiry()))


def _storage_options(uri: str) -> dict[str, Any]:
    if not uri.startswith(("redis", "valkey")):
        return {}
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {
        "socket_timeout": REDIS_SECONDS,
        "socket_connect_timeout": REDIS_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }
