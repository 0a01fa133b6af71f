"""Open orders, with and without a charge, and look them up."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from portal.sandbox.conekta import ids
from portal.sandbox.conekta.orders import authorization
from portal.sandbox.conekta.records import Order
from portal.sandbox.conekta.server.bodies import list_body
from portal.sandbox.conekta.server.call import Call
from portal.sandbox.conekta.server.errors import Json, Text, invalid, not_found
from portal.sandbox.conekta.server.parameters import ORDER
from portal.sandbox.conekta.world import World, owned

MINIMUM = 300
_PLAIN_NAME = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ .,'-]+")
_MAXIMUM = 2**31 - 1
_LINES = ("tax_lines", "discount_lines", "shipping_lines")
_PREFIXES = {"tax_lines": "tax_lin", "discount_lines": "dis_lin", "shipping_lines": "ship_lin"}


async def open_order(world: World, call: Call) -> Json:
    """`POST /orders`; charges it in the same call where the body asks for it."""
    request = call.accept(ORDER)
    charges = request.get("charges") or []
    _refuse_strangers(request)
    if world.behaviour.plain_names:
        _refuse_signs(request)
    _refuse_several(charges)
    if not world.behaviour.wallets:
        _refuse_wallets(request.get("checkout") or {})
    order = _build(world, call, request)
    if not charges:
        world.save_order(order, "order.created")
        return world.order_body(order)
    plan = authorization.plan(world, order, charges[0])
    world.save_order(order, "order.created")
    return await authorization.charge_at_once(world, order, plan)


async def look_up(world: World, call: Call) -> Json:
    """`GET /orders/{id}`."""
    return world.order_body(owned(world.orders, "Order", call.target, call.account))


def _refuse_strangers(request: Json) -> None:
    customer = request["customer_info"].get("customer_id")
    if customer is not None:
        raise not_found("Customer", customer)


def _refuse_signs(request: Json) -> None:
    if _PLAIN_NAME.fullmatch(request["customer_info"]["name"]) is None:
        text = Text(
            "El nombre contiene caracteres no permitidos.", "The name has signs not allowed."
        )
        raise invalid("customer_info.name.format", text, "customer_info.name")


def _refuse_wallets(checkout: Json) -> None:
    if not {"apple", "google"}.isdisjoint(checkout.get("allowed_payment_methods", ())):
        text = Text(
            "Los métodos de pago no están habilitados.", "The payment methods are not enabled."
        )
        name = "checkout.allowed_payment_methods"
        raise invalid(f"{name}.invalid", text, name)


def _refuse_several(charges: Sequence[Json]) -> None:
    if len(charges) > 1:
        text = Text(
            "Solo se puede crear un cargo por orden.", "Only one charge can be created an order."
        )
        raise invalid("charges.maximum", text, "charges")


def _build(world: World, call: Call, request: Json) -> Order:
    now = world.clock.now()
    identifier = ids.prefixed("ord")
    order = Order(
        id=identifier,
        account=call.account,
        livemode=call.identity.live,
        amount=_total(request),
        currency=request["currency"],
        created_at=now,
        updated_at=now,
        parts=_parts(request, identifier, now),
        return_url=request.get("return_url"),
        three_ds_mode=request.get("three_ds_mode"),
        pre_authorize=request.get("pre_authorize", False),
    )
    if "checkout" in request:
        order.parts["checkout"] = _checkout(world, order, request["checkout"])
    return order


def _total(request: Json) -> int:
    total = sum(int(item["unit_price"]) * int(item["quantity"]) for item in request["line_items"])
    total += sum(int(line["amount"]) for line in request.get("tax_lines", ()))
    total += sum(int(line["amount"]) for line in request.get("shipping_lines", ()))
    total -= sum(int(line["amount"]) for line in request.get("discount_lines", ()))
    if not MINIMUM <= total <= _MAXIMUM:
        text = Text(
            "El monto de la orden está fuera de los límites permitidos; el mínimo es de 3.00.",
            "The order's amount is outside of what is allowed; the minimum is 3.00.",
        )
        raise invalid("order.amount", text, "amount")
    return total


def _parts(request: Json, order_id: str, now: int) -> Json:
    parts: Json = {
        "customer_info": {
            "corporate": False,
            **request["customer_info"],
            "object": "customer_info",
        },
        "metadata": request.get("metadata", {}),
        "line_items": list_body([_line_item(item, order_id) for item in request["line_items"]]),
    }
    for name in _LINES:
        if name in request:
            parts[name] = list_body([_line(name, line, order_id) for line in request[name]])
    for name, prefix in (("shipping_contact", "ship_cont"), ("fiscal_entity", "fis_ent")):
        if name in request:
            kept = {"id": ids.prefixed(prefix), "object": name, "created_at": now}
            parts[name] = {**request[name], **kept}
    if "processing_mode" in request:
        parts["processing_mode"] = request["processing_mode"]
    return parts


def _line_item(item: Json, order_id: str) -> Json:
    own = {"object": "line_item", "id": ids.prefixed("line_item"), "parent_id": order_id}
    return {"metadata": {}, "antifraud_info": {}, **item, **own}


def _line(name: str, line: Json, order_id: str) -> Json:
    own = {"object": name[:-1], "id": ids.prefixed(_PREFIXES[name]), "parent_id": order_id}
    return {**line, **own}


def _checkout(world: World, order: Order, request: Json) -> Json:
    identifier = str(uuid.uuid4())
    slug = identifier.replace("-", "")
    return {
        "allowed_payment_methods": ["card"],
        **request,
        "id": identifier,
        "name": request.get("name", order.id.replace("_", "-")),
        "type": request.get("type", "Integration"),
        "object": "checkout",
        "livemode": order.livemode,
        "status": "Issued",
        "starts_at": order.created_at,
        "metadata": {},
        "slug": slug,
        "url": f"{world.url}/checkout/{slug}",
    }
