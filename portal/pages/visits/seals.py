"""Seal what page addresses and forms carry in place of a cookie: signed, and soon stale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from portal.ports import settings

VISIT, PURCHASE, DEVICE, RETRY = "visit", "purchase", "device", "retry"
HOURS = 3600


@dataclass(frozen=True)
class Scope:
    """Name the shop that a seal is good for: one router of one company, and no other."""

    company_id: str
    router_id: str


def seal(purpose: str, scope: Scope, value: Any) -> str:
    """Give the value, of JSON's types, as text that is good for this purpose and shop alone."""
    return _serializer(purpose, scope).dumps(value)


def unseal(purpose: str, scope: Scope, text: str | None, seconds: int = 2 * HOURS) -> Any:
    """Read the value sealed for this purpose and shop; None for any other, or a stale one."""
    try:
        return _serializer(purpose, scope).loads(text or "", max_age=seconds)
    except BadData:
        return None


def _serializer(purpose: str, scope: Scope) -> URLSafeTimedSerializer:
    # Part of what is signed with, so that no reader can forget to compare it.
    salt = f"portal.pages.{purpose}:{scope.company_id}:{scope.router_id}"
    return URLSafeTimedSerializer(settings().secret_key, salt=salt)
