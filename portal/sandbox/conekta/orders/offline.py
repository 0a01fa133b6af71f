"""Cash and SPEI: charges that wait for money paid elsewhere."""

from __future__ import annotations

import secrets

from portal.sandbox.conekta.server.errors import Json
from portal.sandbox.conekta.world import World

_LIFETIME = 3 * 24 * 3600


def method(world: World, request: Json) -> Json:
    """The payment method's body, with the reference that the buyer pays to."""
    expires_at = request.get("expires_at", world.clock.now() + _LIFETIME)
    if request["type"] == "spei":
        return _spei(expires_at)
    return _cash(world, expires_at)


def _cash(world: World, expires_at: int) -> Json:
    reference = _digits("93", 14)
    return {
        "service_name": "OxxoPay",
        "barcode_url": f"{world.url}/barcodes/{reference}.svg",
        "store": None,
        "auth_code": None,
        "object": "cash_payment",
        "type": "oxxo",
        "expires_at": expires_at,
        "store_name": "OXXO",
        "reference": reference,
        "cashier_id": None,
    }


def _spei(expires_at: int) -> Json:
    clabe = _digits("646180", 18)
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


def _digits(prefix: str, length: int) -> str:
    rest = length - len(prefix)
    return prefix + str(secrets.randbelow(10**rest)).zfill(rest)
