"""The requests that Conekta is sent, within the limits of Conekta's OpenAPI 2.3.0."""

from __future__ import annotations

from portal.payments.gateway import Customer, Purchase

Json = dict[str, object]

# What Conekta's own plugins send where the buyer's phone is not known; the field is required.
UNKNOWN_PHONE = "0000000000"
SHORTEST_NAME, LONGEST_NAME = 3, 249


def order(purchase: Purchase) -> Json:
    """An order without a charge. Its total is the one line's price, in centavos."""
    customer = purchase.customer
    body: Json = {
        "currency": purchase.currency,
        "customer_info": {
            "name": _name(customer.name),
            "email": customer.email,
            "phone": customer.phone or UNKNOWN_PHONE,
        },
        "line_items": [
            {"name": _name(purchase.description), "unit_price": purchase.amount, "quantity": 1}
        ],
        "metadata": {"reference_id": purchase.reference, "owner": purchase.owner},
    }
    if purchase.return_url is not None:
        body["return_url"] = purchase.return_url
    return body


def charge(purchase: Purchase, card_token: str) -> Json:
    """A card charge of the whole order: without an amount it is the order's own."""
    return {
        "payment_method": {"type": "card", "token_id": card_token},
        "reference_id": purchase.reference,
    }


def order_with_charge(purchase: Purchase, card_token: str) -> Json:
    """An order along with its card charge, in one request."""
    return order(purchase) | {"charges": [charge(purchase, card_token)]}


def refund(amount: int) -> Json:
    """`amount` in centavos, given back because the buyer did not get what was paid for."""
    return {"amount": amount, "reason": "requested_by_client"}


def probe() -> Purchase:
    """The smallest order there can be, to try a key out; it is canceled at once."""
    customer = Customer("Prueba de llave", "prueba@example.com")
    return Purchase("portal-check", "portal-check", "Prueba de llave", 300, "MXN", customer)


def _name(text: str) -> str:
    """A name of 3 to 249 characters; "Li" becomes "Li."."""
    return text.strip()[:LONGEST_NAME].ljust(SHORTEST_NAME, ".")
