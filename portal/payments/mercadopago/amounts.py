"""Write and read amounts as Mercado Pago does: decimal strings in its country's money.

We count hundredths of every currency, so that one number means one thing; no float is ever made.
"""

from __future__ import annotations

import re

from portal.payments.answers import MAX_CENTAVOS
from portal.payments.currencies import HUNDREDTH, is_payable

DECIMAL = re.compile(r"(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)
# Colombia's amounts are whole, and written with two decimals (OpenAPI 1.0.0, the example of PSE).
WITHOUT_DECIMALS = frozenset({"CLP"})
# By `country_code`, which is told as a site (OpenAPI 1.0.0) or as ISO 3166's three letters.
CURRENCIES = {
    "MLA": "ARS",
    "MLB": "BRL",
    "MLC": "CLP",
    "MLM": "MXN",
    "MCO": "COP",
    "MPE": "PEN",
    "MLU": "UYU",
    "ARG": "ARS",
    "BRA": "BRL",
    "CHL": "CLP",
    "MEX": "MXN",
    "COL": "COP",
    "PER": "PEN",
    "URY": "UYU",
}


def written(amount: int, currency: str) -> str | None:
    """Write hundredths as a decimal string; None where the currency has no such amount."""
    if currency not in CURRENCIES.values() or not is_payable(amount, currency):
        return None
    whole, rest = divmod(amount, HUNDREDTH)
    return str(whole) if currency in WITHOUT_DECIMALS else f"{whole}.{rest:02}"


def read(value: object) -> int | None:
    """Give hundredths of a decimal string; None for a number, an exponent, a third decimal."""
    found = DECIMAL.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    amount = int(found[1]) * HUNDREDTH + int((found[2] or "0").ljust(2, "0"))
    return amount if amount <= MAX_CENTAVOS else None
