"""Test RFCs: the SAT's own examples, and what is nobody's."""

from __future__ import annotations

import random

import pytest

from portal.operators.rfc import ORDER, has_right_check_digit, is_rfc, normalized

# The SAT's own, and those that it publishes for trying out invoices.
KNOWN = (
    *("SAT970701NN3", "EKU9003173C9", "IIA040805DZ4", "URE180429TM6", "XIA190128J61"),
    *("CACX7605101P8", "MISC491214B86", "XOJI740919U48", "KAHO641101B39", "GODE561231GR8"),
)


@pytest.mark.parametrize("rfc", KNOWN)
def test_known_ones_are_right(rfc: str) -> None:
    assert is_rfc(rfc)
    assert has_right_check_digit(rfc)
    assert normalized(f" {rfc[:4].lower()}-{rfc[4:10]} {rfc[10:]}") == rfc


def test_one_wrong_sign_is_noticed() -> None:
    """By whoever typed it: the weights are prime to eleven."""
    numbers = random.Random(5)
    for rfc in KNOWN:
        at = numbers.randrange(len(rfc) - 3, len(rfc) - 1)
        other = ORDER[(ORDER.index(rfc[at]) + 1) % 10]
        assert not has_right_check_digit(rfc[:at] + other + rfc[at + 1 :]), (rfc, at, other)


@pytest.mark.parametrize("rfc", ["", "EKU900230AAA", "EK9003173C9", "EKU9003173CB", "eku9003173c9"])
def test_what_has_another_form_is_none(rfc: str) -> None:
    assert not is_rfc(rfc)
