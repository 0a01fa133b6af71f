"""Have an order charged in Conekta's own frame (`Integration`), which runs 3DS and wallets itself.

Its fields are those of `order_checkout_request` in Conekta's OpenAPI 2.3.0. Our page gets the id of
the order's checkout, which its script takes as `checkoutRequestId` (Conekta's WooCommerce plugin).
"""

from __future__ import annotations

import time
from datetime import datetime

from portal.payments import answers
from portal.payments.conekta import bodies
from portal.payments.conekta.bodies import Json
from portal.payments.conekta.client import ApiResponse, NoAnswer
from portal.payments.conekta.errors import ApiError
from portal.payments.gateway import Fault, Opened, Purchase, Refused

CARD_ALONE = ("card",)
# Whose account knows no wallets is answered so, and then asks for cards alone.
METHODS = (*CARD_ALONE, "apple", "google")
CHECKOUT_ID = r"[A-Za-z0-9-]{1,64}"
# A checkout lives for five minutes at least; our clock and theirs may differ.
SHORTEST_SECONDS = 330
# A declined card is another purchase of ours, counted as one: the frame is not to try many.
MOST_RETRIES = 1


def order_body(purchase: Purchase, methods: tuple[str, ...] = METHODS) -> Json:
    """Write an order with the checkout by which the frame charges it.

    Such an order has no `return_url`: the frame is never left for the bank.
    """
    body = bodies.order_body(purchase)
    body.pop("return_url", None)
    return body | {"checkout": _checkout(purchase.frame_until, methods)}


def _checkout(until: datetime | None, methods: tuple[str, ...]) -> Json:
    soonest = int(time.time()) + SHORTEST_SECONDS
    return {
        "type": "Integration",
        "allowed_payment_methods": list(methods),
        "expires_at": max(soonest, int(until.timestamp()) if until else 0),
        "max_failed_retries": MOST_RETRIES,
    }


def refuses_wallets(error: ApiError) -> bool:
    """Tell whether the account may not offer all that the frame was to."""
    return "payment_methods" in f"{error.code} {error.param}".lower()


def opened(order_id: str, answer: ApiResponse | NoAnswer) -> Opened | Refused:
    """Read what the frame is to be shown by; without it nobody can pay the order."""
    body = answers.mapping(answer.body if isinstance(answer, ApiResponse) else None)
    checkout_id = answers.word(answers.mapping(body.get("checkout")).get("id"), CHECKOUT_ID)
    if checkout_id is None:
        return Refused("no_checkout", Fault.OPERATOR)
    return Opened(order_id, checkout_id)
