"""The hosts that a customer's browser must reach to pay, before there is any Internet access."""

from __future__ import annotations

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
