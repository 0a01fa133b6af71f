"""A shop that takes SPEI and cash, and purchases in it."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from portal.core.database import writing
from portal.core.records import from_now
from portal.models import Company, WebhookEvent
from tests.support.shop import Shop

PATH = "/api/v1/payments/pagar"
ALL = "card,spei,cash"


def take_all(shop: Shop, **about: Any) -> None:
    """Have the company want to be paid in every way."""
    shop.change(Company, **{"payment_methods": ALL} | about)


def ask(shop: Shop, method: str, key: str | None = None, **changes: Any) -> TestResponse:
    """Ask for a deferred payment."""
    order = shop.order(**changes) | {"metodo": method}
    del order["token_tarjeta"]
    return shop.call(PATH, order, **({"Idempotency-Key": key} if key else {}))


def hear(shop: Shop, order_id: str, event_id: str = "evt_1") -> None:
    """Let the worker follow a notice about an order."""
    with shop.app.app_context(), writing() as session:
        session.add(
            WebhookEvent(
                company_id=shop.company_id,
                event_id=event_id,
                type="order.updated",
                order_id=order_id,
                body="{}",
                next_attempt_at=from_now(),
            )
        )
    shop.reconcile()


def ours_on_router(shop: Shop) -> list[str]:
    """Name the users that are ours on the router."""
    users = shop.router.users.items()
    return [name for name, user in users if user.get("comment", "").startswith("portal:")]
