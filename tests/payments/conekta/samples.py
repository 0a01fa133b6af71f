"""Make purchases, and what Conekta answers, with parts replaced."""

from __future__ import annotations

from portal.payments.gateway import Customer, Purchase

KEY = "key_PLANTEDsecretPLANTED"
TOKEN = "tok_PLANTEDcardPLANTED"
ORDER_ID = "ord_2tVKxbhNzfUnGjnXG"
URL = "https://3ds-pay.conekta.com/a9b6ea04"
SENTENCE = "La tarjeta ha sido declinada."

PURCHASE = Purchase(
    reference="sale-9f1c",
    owner="deployment-1:EMP_0123456789",
    description="24 Horas de Internet",
    amount=5000,
    currency="MXN",
    customer=Customer("María García", "maria@example.com", "5512345678"),
    return_url="https://portal.example.mx/r/RTR_01234567/vuelta",
)


def order(**changes: object) -> dict[str, object]:
    """An order as Conekta tells it, opened and not charged. `...` takes a field away."""
    body: dict[str, object] = {
        "object": "order",
        "id": ORDER_ID,
        "livemode": False,
        "amount": 5000,
        "currency": "MXN",
        "amount_refunded": 0,
        "created_at": 1774901615,
        "metadata": {"reference_id": PURCHASE.reference, "owner": PURCHASE.owner},
    }
    return _changed(body, changes)


def charge(**changes: object) -> dict[str, object]:
    """A paid charge of that order."""
    body: dict[str, object] = {
        "object": "charge",
        "id": "6526d18547171200170c9b77",
        "order_id": ORDER_ID,
        "livemode": False,
        "amount": 5000,
        "currency": "MXN",
        "status": "paid",
        "failure_message": None,
        "payment_method": {"object": "card_payment", "last4": "4242"},
    }
    return _changed(body, changes)


def charged(
    status: str | None, *charges: dict[str, object], **changes: object
) -> dict[str, object]:
    """An order with a payment status and charges."""
    listed = {"object": "list", "has_more": False, "data": list(charges)}
    return order(**{"payment_status": status, "charges": listed, **changes})


def declined_charge() -> dict[str, object]:
    return charge(status="declined", failure_message=SENTENCE)


def error(code: str, message: str = "No se pudo.", **changes: object) -> dict[str, object]:
    """Conekta's error; `param` names the parameter at fault."""
    detail = {"code": f"conekta.errors.{code}", "message": message, "debug_message": "no"}
    detail |= {"param": changes.pop("param")} if "param" in changes else {}
    return {"object": "error", "type": "x_error", "log_id": "1", "details": [detail], **changes}


def _changed(body: dict[str, object], changes: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in (body | changes).items() if value is not ...}
