"""Split the value-added tax out of a price that holds it, so that both parts add up to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

# A rate of 16 % is 1600 of them.
WHOLE = 10_000


def vat_within(amount: int, rate: int) -> int:
    """Give the tax within so many centavos; `rate` in basis points.

    The price without tax is rounded, half a centavo up, and the tax is what is left of the price:
    rounded each by itself, $99.00 would come to $98.99.
    """
    return amount - (2 * WHOLE * amount + WHOLE + rate) // (2 * (WHOLE + rate))


def vat_column(amount: Any, rate: Any) -> ColumnElement[Any]:
    """Give the same as an expression, in whole numbers, which every database divides alike."""
    doubled, divisor = 2 * WHOLE * amount + WHOLE + rate, 2 * (WHOLE + rate)
    found: ColumnElement[Any] = amount - doubled // divisor
    return found
