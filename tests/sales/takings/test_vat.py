"""Test that the tax within a price and the price without it add up to the price."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.sales.takings.vat import vat_within
from tests.support.any_input import any_input


@any_input()
@given(st.integers(1, 2**40), st.sampled_from([0, 800, 1600, 2100, 10_000]))
def test_the_price_without_tax_is_rounded_once(amount: int, rate: int) -> None:
    without = amount - vat_within(amount, rate)
    exact = Fraction(amount * 10_000, 10_000 + rate)
    assert -Fraction(1, 2) < without - exact <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("amount", "rate", "vat"), [(9900, 1600, 1366), (2000, 1600, 276), (2000, 800, 148), (1, 0, 0)]
)
def test_a_price_of_99_stays_one(amount: int, rate: int, vat: int) -> None:
    assert vat_within(amount, rate) == vat
    # What programs of others make of it: $85.34 and $13.65 are $98.99.
    assert (amount - vat) + vat == amount
