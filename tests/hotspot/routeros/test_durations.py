"""Test lengths of time as RouterOS spells them, read and written by the adapter."""

from __future__ import annotations

import pytest

from portal.hotspot.routeros.values import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("0s", 0),
        ("90", 90),
        ("5m", 300),
        ("1h2m3s", 3723),
        ("2d20h12m20s", 2 * 86400 + 20 * 3600 + 12 * 60 + 20),
        ("1w2d03:04:05", 9 * 86400 + 3 * 3600 + 4 * 60 + 5),
        ("01:22:53", 4973),
        ("1d00:00:00", 86400),
        ("120:00:00", 432000),
        ("00:00:00.250", 0),
        ("1s500ms", 1),
        ("250ms", 0),
        ("3w", 3 * 604800),
    ],
)
def test_reads_every_spelling(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["never", "1x", "-5s", "5m1h", "1:2", "١٢", "1h ", "12:3:4"])
def test_refuses_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize("seconds", [0, 1, 59, 3600, 86399, 31_536_000])
def test_reads_back_what_it_writes(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds
