"""What travels in page addresses and forms in place of a cookie: signed, and soon stale."""

from __future__ import annotations

from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from portal.ports import settings

VISIT, PURCHASE, DEVICE = "visit", "purchase", "device"
HOURS = 3600


def seal(purpose: str, value: Any) -> str:
    """The value, of JSON's types, as text that is good for this purpose alone."""
    return _serializer(purpose).dumps(value)


def unseal(purpose: str, text: str | None, seconds: int = 2 * HOURS) -> Any:
    """The value that was sealed for this purpose; None for anything else, or when it is stale."""
    try:
        return _serializer(purpose).loads(text or "", max_age=seconds)
    except BadData:
        return None


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret_key, salt=f"portal.pages.{purpose}")
