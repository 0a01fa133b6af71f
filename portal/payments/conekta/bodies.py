"""Write the JSON that Conekta is sent, within the limits of its OpenAPI 2.3.0."""

from __future__ import annotations

from portal.payments.conekta import deferred
from portal.payments.gateway import Customer, Purchase
from portal.payments.methods import Card, Means

Json = dict[str, object]

# What Conekta's own plugins send where the buyer's phone is not known; the field is required.
UNKNOWN_PHONE = "0000000000"
SHORTEST_NAME, LONGEST_NAME = 3, 249


def order_body(purchase: Purchase) -> Json:
    """Write an order without a charge. Its total is the one line's price, in centavos."""
    body: Json = {
        "currency": purchase.currency,
        **buyer(purchase.customer),
        "line_items": [
            {"name": _name(purchase.description), "unit_price": purchase.amount, "quantity": 1}
        ],
        "metadata": {"reference_id": purchase.reference, "owner": purchase.owner},
    }
    if purchase.return_url is not None:
        body["return_url"] = purchase.return_url
    return body


def buyer(customer: Customer) -> Json:
    """Write who pays, as the part of an order that it is."""
    return {
        "customer_info": {
            "name": _name(customer.name),
            "email": customer.email,
            "phone": customer.phone or UNKNOWN_PHONE,
        }
    }


def charge_body(purchase: Purchase, means: Means) -> Json:
    """Write a charge of the whole order: without an amount it is the order's own."""
    if not isinstance(means, Card):
        return deferred.charge_body(purchase, means)
    return {
        "payment_method": {"type": "card", "token_id": means.token},
        "reference_id": purchase.reference,
    }


def order_with_charge_body(purchase: Purchase, means: Means) -> Json:
    """Write an order along with its charge, in one request."""
    return order_body(purchase) | {"charges": [charge_body(purchase, means)]}


def refund_body(amount: int) -> Json:
    """Write a refund of `amount` centavos, as the buyer did not get what was paid for."""
    return {"amount": amount, "reason": "requested_by_client"}


def probe() -> Purchase:
    """Give the smallest order there can be, to try a key out; it is canceled at once."""
    customer = Customer("Prueba de llave", "prueba@example.com")
    return Purchase("portal-check", "portal-check", "Prueba de llave", 300, "MXN", customer)


def _name(text: str) -> str:
    """Give a name of 3 to 249 characters; "Li" becomes "Li."."""
    return text.strip()[:LONGEST_NAME].ljust(SHORTEST_NAME, ".")
