"""Test a plan's speed as RouterOS' rate-limit."""

from __future__ import annotations

import pytest

from portal.hotspot.setup.speeds import rate_limit


@pytest.mark.parametrize(
    ("speed", "expected"),
    [
        ("5 Mbps", "5M/5M"),
        ("5Mbps", "5M/5M"),
        ("10/2 Mbps", "2M/10M"),
        ("10 Mbps / 512 kbps", "512k/10M"),
        ("1,5 Mbps", "1500k/1500k"),
        ("1 Gbps", "1000M/1000M"),
        ("2M/10M", "2M/10M"),
        ("512k/2M", "512k/2M"),
        ("5m", "5M/5M"),
        (" 3 mb/s ", "3M/3M"),
        ("rápido", None),
        ("5", None),
        ("0 Mbps", None),
        ("", None),
        (None, None),
        ('5M"; /user remove [find]', None),
        ("5M/5M extra", None),
    ],
)
def test_what_people_write(speed: str | None, expected: str | None) -> None:
    assert rate_limit(speed) == expected


@pytest.mark.parametrize("speed", ["5 Mbps", "10/2 Mbps", "1,5 Mbps"])
def test_what_it_gives_it_reads(speed: str) -> None:
    first = rate_limit(speed)
    assert rate_limit(first) == first
