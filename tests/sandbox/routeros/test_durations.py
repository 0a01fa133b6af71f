"""Test lengths of time as RouterOS spells them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.sandbox.routeros.menus.durations import parse, render
from tests.support.any_input import any_input


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0),
        ("0", 0),
        ("90", 90),
        ("5m", 300),
        ("1h2m3s", 3_723),
        ("2d20h12m20s", 245_540),
        ("1w2d", 777_600),
        ("1w2d03:04:05", 788_645),
        ("01:22:53", 4_973),
        ("00:30", 1_800),
        ("24:00:00", 86_400),
        ("1s500ms", 1),
        ("00:00:01.500", 1),
    ],
)
def test_the_usual_spellings_are_read(text: str, seconds: int) -> None:
    assert parse(text) == seconds


@pytest.mark.parametrize("text", ["", "abc", "1x", "-5", "1.5", "1s1h", "1:2", "٣", "٣h", "none"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="length of time"):
        parse(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (60, "1m"), (3_723, "1h2m3s"), (777_600, "1w2d"), (59.9, "59s"), (-1, "0s")],
)
def test_they_are_printed_as_the_router_does(seconds: float, text: str) -> None:
    assert render(seconds) == text


@any_input()
@given(st.integers(0, 10**9))
def test_what_is_printed_reads_the_same(seconds: int) -> None:
    assert parse(render(seconds)) == seconds
