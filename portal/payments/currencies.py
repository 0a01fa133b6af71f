"""Name the currencies that purchases are made in, and what amounts each of them has.

We count hundredths of every one, so that one number means one thing, whatever its smallest coin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HUNDREDTH = 100


@dataclass(frozen=True)
class Currency:
    """Say how many `decimals` people pay with; `small`, in hundredths, is taken by every method."""

    decimals: int
    small: int


# Chile has no smaller coin than a whole, and Colombia uses none.
CURRENCIES: Mapping[str, Currency] = {
    "MXN": Currency(2, 2_000),
    "USD": Currency(2, 500),
    "ARS": Currency(2, 100_000),
    "BRL": Currency(2, 1_000),
    "CLP": Currency(0, 100_000),
    "COP": Currency(0, 500_000),
    "PEN": Currency(2, 1_000),
    "UYU": Currency(2, 10_000),
}


def is_payable(amount: int, currency: str) -> bool:
    """Tell whether the currency has such an amount, in hundredths: none of a half Chilean peso."""
    known = CURRENCIES.get(currency)
    return known is not None and amount > 0 and (known.decimals > 0 or amount % HUNDREDTH == 0)


def small_amount(currency: str) -> int:
    """Give an amount in hundredths to try an account out with."""
    known = CURRENCIES.get(currency)
    return known.small if known else CURRENCIES["MXN"].small
