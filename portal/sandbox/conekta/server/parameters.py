"""Declare the parameters that each call takes, after Conekta's OpenAPI 2.3.0."""

from __future__ import annotations

from collections.abc import Mapping

from portal.sandbox.conekta.server.rules import (
    Array,
    Boolean,
    Either,
    Integer,
    Metadata,
    Nullable,
    Object,
    Rule,
    String,
)

_NAME = String(3, 249)
_FREE = Metadata(nested=True)

PAYMENT_METHOD = Object(
    {
        "type": String(choices=("card", "cash", "spei")),
        "token_id": String(1),
        "payment_source_id": String(1),
        "expires_at": Integer(0),
        "monthly_installments": Integer(0),
        "cvc": String(3, 4),
        "contract_id": String(),
        "customer_ip_address": String(),
        "number": String(),
        "exp_month": String(2, 2),
        "exp_year": String(4, 4),
        "name": String(0, 249),
        "cancel_url": String(),
        "failure_url": String(),
        "success_url": String(),
        "product_type": String(),
    },
    required=("type",),
)

CHARGE = Object(
    {"amount": Integer(1), "payment_method": PAYMENT_METHOD, "reference_id": String()},
    required=("payment_method",),
)

LINE_ITEM = Object(
    {
        "antifraud_info": _FREE,
        "brand": String(2, 249),
        "description": _NAME,
        "metadata": Metadata(),
        "name": _NAME,
        "quantity": Integer(1),
        "sku": String(1, 249),
        "tags": Array(String(2, 249), 1),
        "unit_price": Integer(0),
    },
    required=("name", "quantity", "unit_price"),
)

_CONTACT: Mapping[str, Rule] = {
    "name": String(1),
    "email": String(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    "phone": String(1),
    "corporate": Boolean(),
    "object": String(),
    "customer_id": String(1),
}
CUSTOMER = Object(_CONTACT, required=("name", "email", "phone"))
KNOWN_CUSTOMER = Object(_CONTACT, required=("customer_id",))

_METHODS = ("cash", "card", "bank_transfer", "bnpl", "pay_by_bank")
CHECKOUT = Object(
    {
        "allowed_payment_methods": Array(String(choices=(*_METHODS, "apple", "google"))),
        "excluded_payment_methods": Array(String(choices=_METHODS)),
        "exclude_card_networks": Array(String(choices=("visa_master_card", "amex"))),
        "plan_ids": Array(String()),
        "expires_at": Integer(1),
        "failure_url": String(),
        "force_save_card": Boolean(),
        "monthly_installments_enabled": Boolean(),
        "monthly_installments_options": Array(Integer()),
        "max_failed_retries": Integer(),
        "name": String(),
        "on_demand_enabled": Boolean(),
        "redirection_time": Integer(),
        "success_url": String(),
        "type": String(choices=("Integration", "HostedPayment")),
    }
)

_SHIPPING_ADDRESS = Object(
    {
        "street1": String(2, 249),
        "street2": String(0, 249),
        "postal_code": String(0, 250),
        "city": String(0, 249, pattern="[A-Za-z]{2}"),
        "state": String(0, 249),
        "country": String(2, 249),
        "residential": Nullable(Boolean()),
    },
    required=("country", "postal_code", "street1"),
)
SHIPPING_CONTACT = Object(
    {
        "phone": String(),
        "receiver": String(),
        "between_streets": String(0, 249, pattern="[A-Za-z]{2}"),
        "address": _SHIPPING_ADDRESS,
        "parent_id": String(),
        "default": Nullable(Boolean()),
        "deleted": Nullable(Boolean()),
        "metadata": _FREE,
    },
    required=("address",),
)

_FISCAL_ADDRESS = Object(
    {
        "street1": String(),
        "street2": Nullable(String()),
        "postal_code": String(),
        "city": String(),
        "state": String(),
        "country": String(),
        "external_number": String(),
    },
    required=("city", "country", "external_number", "postal_code", "street1"),
)
FISCAL_ENTITY = Object(
    {
        "address": _FISCAL_ADDRESS,
        "email": String(),
        "metadata": _FREE,
        "name": Nullable(String()),
        "phone": String(),
        "tax_id": Nullable(String()),
    },
    required=("address",),
)

DISCOUNT_LINE = Object(
    {"amount": Integer(0), "code": String(), "type": String()},
    required=("amount", "code", "type"),
)
SHIPPING_LINE = Object(
    {
        "amount": Integer(0),
        "carrier": _NAME,
        "tracking_number": _NAME,
        "method": _NAME,
        "metadata": Metadata(),
    },
    required=("amount",),
)
TAX_LINE = Object(
    {"amount": Integer(0), "description": String(3), "metadata": Metadata()},
    required=("amount", "description"),
)

ORDER = Object(
    {
        "charges": Array(CHARGE),
        "checkout": CHECKOUT,
        "currency": String(choices=("MXN", "USD")),
        "customer_info": Either("customer_id", KNOWN_CUSTOMER, CUSTOMER),
        "discount_lines": Array(DISCOUNT_LINE),
        "fiscal_entity": FISCAL_ENTITY,
        "line_items": Array(LINE_ITEM, 1),
        "metadata": Metadata(),
        "needs_shipping_contact": Boolean(),
        "pre_authorize": Boolean(),
        "processing_mode": String(),
        "return_url": String(pattern=r"^https?://"),
        "shipping_contact": SHIPPING_CONTACT,
        "shipping_lines": Array(SHIPPING_LINE),
        "tax_lines": Array(TAX_LINE),
        "three_ds_mode": String(choices=("strict", "not_strict", "smart")),
    },
    required=("currency", "customer_info", "line_items"),
)

REFUND_REASONS = (
    "requested_by_client",
    "cannot_be_fulfilled",
    "duplicated_transaction",
    "suspected_fraud",
    "other",
)
REFUND = Object(
    {"amount": Integer(1), "expires_at": Integer(), "reason": String(choices=REFUND_REASONS)},
    required=("amount", "reason"),
)

CARD = Object(
    {
        "cvc": String(3, 4, pattern=r"^\d+$"),
        "device_fingerprint": String(),
        "exp_month": String(2, 2, pattern=r"^(0[1-9]|1[0-2])$"),
        "exp_year": String(2, 2, pattern=r"^\d\d$"),
        "name": String(1),
        "number": String(12, 19, pattern=r"^\d+$"),
    },
    required=("cvc", "exp_month", "exp_year", "name", "number"),
)
TOKEN = Object({"card": CARD, "checkout": Nullable(Metadata(nested=True))}, required=("card",))

_URL = String(pattern=r"^https?://[^/\s]+")
WEBHOOK = Object({"url": _URL, "subscribed_events": Array(String())}, required=("url",))
WEBHOOK_CHANGE = Object({"url": _URL, "subscribed_events": Array(String()), "active": Boolean()})
WEBHOOK_KEY = Object({"active": Boolean()})

ORDER_FILTERS: Mapping[str, Rule] = {
    name: String()
    for name in (
        "limit",
        "search",
        "next",
        "previous",
        "payment_status",
        "last_payment_info.status",
        "created_at",
        "created_at.gte",
        "created_at.lte",
        "updated_at.gte",
        "updated_at.lte",
    )
}
