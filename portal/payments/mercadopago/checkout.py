"""Say what a customer's browser must load and reach to pay at Mercado Pago."""

from __future__ import annotations

from portal.payments.provider import Checkout

# Its script, the card's fields in their frames, the API that makes a token of them, the brands'
# pictures, and the house that leads to 3DS. A challenge page may come from the bank's own host
# besides, which nobody can list.
CHECKOUT_HOSTS = (
    "sdk.mercadopago.com",
    "api.mercadopago.com",
    "secure-fields.mercadopago.com",
    "api-static.mercadopago.com",
    "http2.mlstatic.com",
    "www.mercadopago.com",
    "www.mercadopago.com.mx",
    "www.mercadolibre.com",
)
# What the script asks for besides its own origin.
SCRIPTS = ("https://*.mercadopago.com", "https://http2.mlstatic.com")
FRAMES = (*SCRIPTS, "https://*.mercadopago.com.mx", "https://*.mercadolibre.com")


def checkout(script_url: str) -> Checkout:
    """Give the parts of the card form, whose script comes from `script_url`."""
    return Checkout("mercadopago", script_url, SCRIPTS, FRAMES, CHECKOUT_HOSTS)
