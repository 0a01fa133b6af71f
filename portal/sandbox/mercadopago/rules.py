"""Say what a request may hold, after the OpenAPI: anything more is refused, or anything else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from portal.sandbox.gateway.http import Json
from portal.sandbox.mercadopago.cards import CARDS
from portal.sandbox.mercadopago.errors import invalid

AMOUNT = re.compile(r"\d{1,13}(\.\d{2})?")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Chile's money has no decimals, whose site takes none.
WITHOUT_DECIMALS = ("MLC",)
# Whose transfers and tickets these are.
OUTSIDE_SITE = "MLM"
LEAST = 0.5
LONGEST_REFERENCE = 64
Check = Callable[[object], bool]


def _text(longest: int = 256) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value) <= longest


def _one_of(*words: str) -> Check:
    return lambda value: value in words


def _amount(value: object) -> bool:
    return isinstance(value, str) and AMOUNT.fullmatch(value) is not None and float(value) >= LEAST


def _email(value: object) -> bool:
    return isinstance(value, str) and EMAIL.fullmatch(value) is not None


def _reference(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\w-]{1,64}", value, re.ASCII) is not None


def _duration(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"P(\d+D)?(T(\d+H)?(\d+M)?)?", value) is not None


def _moment(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


ORDER: Mapping[str, Check] = {
    "type": _one_of("online"),
    "processing_mode": _one_of("manual"),
    "capture_mode": _one_of("automatic"),
    "total_amount": _amount,
    "external_reference": _reference,
    "description": _text(150),
    "payer": lambda value: isinstance(value, dict),
    "config": lambda value: isinstance(value, dict),
}
PAYER: Mapping[str, Check] = {
    "email": _email,
    "first_name": _text(),
    "last_name": _text(),
}
ONLINE: Mapping[str, Check] = {
    "transaction_security": lambda value: isinstance(value, dict),
    "callback_url": lambda value: isinstance(value, str) and value.startswith("http"),
}
SECURITY: Mapping[str, Check] = {
    "validation": _one_of("supported", "required", "never"),
    "liability_shift": _one_of("required", "not_required"),
}
OUTSIDE = {
    "bank_transfer": ("clabe",),
    "ticket": ("oxxo", "paycash", "bancomer", "banamex", "serfin"),
}
CARD_METHOD: Mapping[str, Check] = {
    "id": lambda value: value in CARDS,
    "type": _one_of("credit_card", "debit_card"),
    "token": _text(64),
    "installments": lambda value: value == 1 and not isinstance(value, bool),
    "statement_descriptor": _text(50),
}
OUTSIDE_METHOD: Mapping[str, Check] = {
    "id": lambda value: any(value in ids for ids in OUTSIDE.values()),
    "type": _one_of(*OUTSIDE),
}
PAYMENT: Mapping[str, Check] = {
    "amount": _amount,
    "payment_method": lambda value: isinstance(value, dict),
}
OUTSIDE_PAYMENT: Mapping[str, Check] = {
    **PAYMENT,
    "expiration_time": _duration,
    "date_of_expiration": _moment,
}


def held_to(body: object, rules: Mapping[str, Check], needed: tuple[str, ...], path: str) -> Json:
    """Give the object where it follows the rules. Raises ApiError, which names the first fault."""
    if not isinstance(body, dict):
        raise invalid(f"{path or 'body'} must be an object")
    for name, value in body.items():
        if name not in rules:
            raise invalid(f"unknown parameter: {path}{name}")
        if not rules[name](value):
            raise invalid(f"invalid parameter: {path}{name}", f"invalid_{name}")
    for name in needed:
        if name not in body:
            raise invalid(f"required parameter: {path}{name}", "required_properties")
    return body


def order_in(body: Json, site: str) -> Json:
    """Give an order's request in manual mode. Raises ApiError."""
    order = held_to(body, ORDER, ("type", "processing_mode", "total_amount", "payer"), "")
    _check_decimals(order["total_amount"], site)
    held_to(order["payer"], PAYER, ("email",), "payer.")
    config = held_to(order.get("config", {}), {"online": lambda value: True}, (), "config.")
    online = held_to(config.get("online", {}), ONLINE, (), "config.online.")
    security = online.get("transaction_security")
    if security is not None:
        shifted = security.get("validation") != "never"
        needed = ("validation", "liability_shift") if shifted else ("validation",)
        held_to(security, SECURITY, needed, "config.online.transaction_security.")
    return order


def payment_in(body: Json, site: str) -> Json:
    """Give the one payment of a request that adds it. Raises ApiError."""
    listed = held_to(body, {"payments": lambda value: isinstance(value, list)}, ("payments",), "")[
        "payments"
    ]
    if len(listed) != 1:
        raise invalid("payments: exactly one is supported")
    is_outside = _is_outside(listed[0])
    rules = OUTSIDE_PAYMENT if is_outside else PAYMENT
    payment = held_to(listed[0], rules, ("amount", "payment_method"), "payments[0].")
    _check_decimals(payment["amount"], site)
    method, path = payment["payment_method"], "payments[0].payment_method."
    if not is_outside:
        held_to(method, CARD_METHOD, ("id", "type", "token", "installments"), path)
        return payment
    held_to(method, OUTSIDE_METHOD, ("id", "type"), path)
    if method["id"] not in OUTSIDE[method["type"]] or site != OUTSIDE_SITE:
        raise invalid(f"invalid parameter: {path}id", "invalid_payment_method")
    return payment


def _is_outside(payment: object) -> bool:
    method = payment.get("payment_method") if isinstance(payment, dict) else None
    return isinstance(method, dict) and method.get("type") in OUTSIDE


def _check_decimals(amount: str, site: str) -> None:
    if ("." in amount) == (site in WITHOUT_DECIMALS):
        raise invalid("invalid parameter: total_amount", "invalid_total_amount")
