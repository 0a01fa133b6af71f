"""Make payments done elsewhere: transfers and tickets, their money, the end of the time to pay."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from portal.sandbox.gateway.http import Json
from portal.sandbox.gateway.references import clabe, digits
from portal.sandbox.mercadopago.errors import invalid
from portal.sandbox.mercadopago.records import Order
from portal.sandbox.mercadopago.world import World, new_id

DETAILS = {"bank_transfer": "waiting_transfer", "ticket": "waiting_payment"}
LIFETIME = timedelta(days=3)
LONGEST = timedelta(days=30)
DURATION = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?)?")


def added(world: World, asked: Json) -> Json:
    """Give the payment's body, before it is processed. Raises ApiError."""
    method = asked["payment_method"]
    if method["id"] not in world.behaviour.methods:
        raise invalid("The payment method is not available", "invalid_payment_method")
    return {
        "id": new_id("PAY"),
        "amount": asked["amount"],
        "reference_id": digits(12, ""),
        "status": "created",
        "status_detail": "created",
        "date_of_expiration": _ends(world, asked),
        "payment_method": {"id": method["id"], "type": method["type"]},
    }


def wait(world: World, order: Order) -> None:
    """Tell how it is paid, and wait for the money."""
    payment = order.payments[0]
    method = payment["payment_method"]
    ticket = f"{world.url}/ticket/{payment['id']}"
    if method["type"] == "bank_transfer":
        method |= {"reference": clabe(), "ticket_url": ticket}
    else:
        reference = digits(14)
        barcode = reference + digits(16, "")
        method |= {"reference": reference, "barcode_content": barcode, "ticket_url": ticket}
    order.status, order.status_detail = "action_required", DETAILS[method["type"]]
    payment |= {"status": "action_required", "status_detail": order.status_detail}
    world.changed(order)


def is_outside(order: Order) -> bool:
    """Tell whether the order's money comes from outside."""
    return bool(order.payments) and order.payments[0]["payment_method"]["type"] in DETAILS


def arrive(world: World, order: Order, amount: str | None = None) -> None:
    """Take money, the order's amount where none is said; once more where it came already."""
    came = order.total_amount if amount is None else amount
    payment = order.payments[-1]
    if payment["status"] == "processed":
        payment = payment | {"id": new_id("PAY"), "amount": came}
        order.payments.append(payment)
    payment |= {"paid_amount": came, "status": "processed", "status_detail": "accredited"}
    order.status, order.status_detail = "processed", "accredited"
    world.changed(order)


def expire(world: World, order: Order) -> None:
    """Let the time to pay have run out."""
    order.challenge = None
    order.status = order.status_detail = "expired"
    for payment in order.payments:
        payment |= {"status": "expired", "status_detail": "expired"}
    world.changed(order)


def expire_due(world: World) -> None:
    """Close the orders whose time to pay has run out."""
    now = datetime.fromisoformat(world.moment())
    for order in list(world.awaiting.values()):
        if datetime.fromisoformat(order.payments[0]["date_of_expiration"]) <= now:
            expire(world, order)


def _ends(world: World, asked: Json) -> str:
    now = datetime.fromisoformat(world.moment())
    if "date_of_expiration" in asked:
        ends = datetime.fromisoformat(asked["date_of_expiration"])
    else:
        ends = now + _duration(asked.get("expiration_time"))
    if not now < ends <= now + LONGEST:
        raise invalid("The expiration is not within its limits", "invalid_expiration_time")
    return ends.isoformat(timespec="milliseconds")


def _duration(told: str | None) -> timedelta:
    if told is None:
        return LIFETIME
    found = DURATION.fullmatch(told)
    days, hours, minutes = ((int(part or 0)) for part in (found.groups() if found else (0, 0, 0)))
    return timedelta(days=days, hours=hours, minutes=minutes)
