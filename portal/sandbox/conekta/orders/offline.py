"""Make charges by cash and SPEI, which wait for money paid elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.conekta.server.errors import Json, Text, invalid
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway import references

_LIFETIME = 3 * 24 * 3600


@dataclass(frozen=True)
class Network:
    """Hold shops or machines that take a reference; `agreement`: what a bank's machine asks."""

    service_name: str
    store_name: str
    agreement: str | None = None


# By `product_type`, as the OpenAPI names them.
NETWORKS = {
    "cash_in": Network("cash_in", "7-Eleven"),
    "bbva_cash_in": Network("bbva_cash_in", "BBVA", "2409526"),
}


def methods(world: World, request: Json) -> list[Json]:
    """Payment methods' bodies, each with what the buyer pays to: one a network for cash."""
    expires_at = request.get("expires_at", world.clock.now() + _LIFETIME)
    if expires_at <= world.clock.now():
        text = Text("La fecha de expiración ya pasó.", "The expiry is in the past.")
        raise invalid("charge.payment_method.expires_at", text, "payment_method.expires_at")
    if request["type"] not in world.behaviour.methods:
        text = Text("El método de pago no está activo.", "The payment method is not active.")
        raise invalid("charge.payment_method.not_active", text, "payment_method.type")
    if request["type"] == "spei":
        return [_spei(expires_at)]
    return [_cash(world, name, expires_at) for name in world.behaviour.cash_networks]


def _cash(world: World, product: str, expires_at: int) -> Json:
    reference = references.digits(14)
    network = NETWORKS[product]
    body: Json = {
        "service_name": network.service_name,
        "barcode_url": f"{world.url}/barcodes/{reference}.png",
        "store": None,
        "auth_code": None,
        "object": "cash_payment",
        "type": product,
        "product_type": product,
        "expires_at": expires_at,
        "store_name": network.store_name,
        "reference": reference,
        "cashier_id": None,
    }
    return body if network.agreement is None else body | {"agreement": network.agreement}


def _spei(expires_at: int) -> Json:
    clabe = references.clabe()
    return {
        "clabe": clabe,
        "bank": "STP",
        "issuing_account_holder_name": None,
        "issuing_account_tax_id": None,
        "issuing_account_bank": None,
        "issuing_account_number": None,
        "receiving_account_holder_name": None,
        "receiving_account_tax_id": None,
        "receiving_account_number": clabe,
        "receiving_account_bank": "STP",
        "reference_number": None,
        "description": None,
        "tracking_code": None,
        "executed_at": None,
        "payment_attempts": [],
        "object": "bank_transfer_payment",
        "type": "spei",
        "expires_at": expires_at,
    }
