"""Say what a customer's browser must load and reach to pay at Conekta."""

from __future__ import annotations

from portal.payments.provider import Checkout

# Conekta's component with its assets, and the two houses that run its 3DS. A challenge page may
# come from the bank's own host besides, which nobody can list.
CHECKOUT_HOSTS = (
    "pay.conekta.com",
    "api.conekta.io",
    "assets.conekta.com",
    "3ds-pay.conekta.com",
    "3ds-acs.conekta.com",
    "*.cardinalcommerce.com",
    "*.cardinaltrusted.com",
)
# What the script asks for besides its own origin (Conekta's documentation).
SCRIPTS = ("https://*.conekta.com",)
FRAMES = (*SCRIPTS, "https://*.conekta.io")


def checkout(script_url: str, *, in_frame: bool = False) -> Checkout:
    """Give the parts of the card form, whose script comes from `script_url`.

    `in_frame`: its `Integration` charges the order by itself, in place of a token for us to charge.
    """
    return Checkout("conekta", script_url, SCRIPTS, FRAMES, CHECKOUT_HOSTS, in_frame)
