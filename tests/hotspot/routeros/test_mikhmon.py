"""Test what is read of the codes that Mikhmon leaves on a router."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.hotspot.adoption import LeftKind, LeftProfile
from portal.hotspot.routeros.mikhmon import is_left, read_left, read_profile

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Mexico_City")
DAY = LeftProfile("1dia", 2500, 86_400)
MADE = "vc-123-01.02.26-Abarrotes Lupe"
# From RouterOS 7.10 on and before; noon in UTC is six in the morning there.
PAST, FUTURE = "2026-01-02 05:59:59", "jan/02/2026 06:00:01"
SCRIPT = " {:local date [ /system clock get date ]}"


def row(**values: str) -> dict[str, str]:
    base = {"name": "ab3k9", "profile": "1dia", "comment": MADE, "disabled": "false"}
    return base | {name.replace("_", "-"): value for name, value in values.items()}


@pytest.mark.parametrize(
    ("values", "kind", "password"),
    [
        ({}, LeftKind.UNUSED, "ab3k9"),
        ({"comment": "up-123-01.02.26-", "password": "4711"}, LeftKind.UNUSED, "4711"),
        ({"comment": "up-123-01.02.26-"}, LeftKind.HIDDEN, ""),
        ({"comment": "up-123-01.02.26-", "password": "*****"}, LeftKind.HIDDEN, ""),
        ({"password": "changed"}, LeftKind.UNUSED, "changed"),
        ({"comment": FUTURE, "password": "ab3k9", "uptime": "5m"}, LeftKind.USED, "ab3k9"),
        ({"comment": FUTURE, "password": "ab3k9"}, LeftKind.USED, "ab3k9"),
        ({"comment": FUTURE + " Lupe", "password": "ab3k9"}, LeftKind.USED, "ab3k9"),
        ({"comment": "2026-01-02 06:00:01", "password": "x"}, LeftKind.USED, "x"),
        ({"comment": FUTURE}, LeftKind.HIDDEN, ""),
        ({"comment": PAST}, LeftKind.EXPIRED, ""),
        ({"comment": "jan/02/2026 05:59:59"}, LeftKind.EXPIRED, ""),
        ({"comment": FUTURE, "limit_uptime": "1s"}, LeftKind.EXPIRED, ""),
        ({"limit_uptime": "1h", "uptime": "1h"}, LeftKind.EXPIRED, "ab3k9"),
        ({"limit_bytes_total": "1000", "bytes_out": "1000"}, LeftKind.EXPIRED, "ab3k9"),
        ({"limit_uptime": "1h", "uptime": "59m"}, LeftKind.USED, "ab3k9"),
        ({"uptime": "59m"}, LeftKind.ENDLESS, "ab3k9"),
        ({"disabled": "true"}, LeftKind.DISABLED, "ab3k9"),
    ],
)
def test_what_a_user_is(values: dict[str, str], kind: LeftKind, password: str) -> None:
    assert is_left(row(**values))
    read = read_left(row(**values), DAY, ZONE, NOW)
    assert read is not None
    assert (read.kind, read.password) == (kind, password)


@pytest.mark.parametrize(
    "values",
    [
        {"comment": ""},
        {"comment": "Ana, cuarto 4"},
        {"comment": "vc-Ana"},
        {"comment": "vc-12-01.02.26-"},
        {"comment": "portal:abc:acc_1"},
        {"comment": "feb/30/2026"},
        {"email": "ana@example.com"},
    ],
)
def test_what_is_somebody_else_s(values: dict[str, str]) -> None:
    assert not is_left(row(**values))


def test_a_date_alone_is_mikhmon_s_only_in_its_profile() -> None:
    dated = row(comment=FUTURE, password="x")
    assert read_left(dated, None, ZONE, NOW) is None
    assert read_left(row(comment="feb/30/2026 10:00:00"), DAY, ZONE, NOW) is None
    assert read_left(row(comment="ene/02/2026 10:00:00"), DAY, ZONE, NOW) is None


def test_all_that_a_user_says_is_kept() -> None:
    read = read_left(
        row(limit_uptime="2h", limit_bytes_total="1048576", mac_address="AA:BB:CC:DD:EE:FF"),
        DAY,
        ZONE,
        NOW,
    )
    assert read is not None
    assert (read.limit_uptime, read.limit_bytes, read.is_bound) == (7200, 1_048_576, True)
    assert (read.note, read.comment) == ("Abarrotes Lupe", MADE)
    used = read_left(row(comment=FUTURE, password="x"), DAY, ZONE, NOW)
    assert used is not None
    assert used.expires_at == datetime(2026, 1, 2, 12, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("script", "price", "validity"),
    [
        (':put (",rem,5000,1d,6000,,Disable,");' + SCRIPT, 600_000, 86_400),
        (':put (",ntfc,20,2h,0,,Enable,");' + SCRIPT, 2000, 7200),
        (':put (",remc,12.50,1w2d,,,Disable,");' + SCRIPT, 1250, 777_600),
        (':put (",,15,,,noexp,Disable,")', 1500, None),
        # The second version has a grace period where the third has the selling price.
        (':put (",rem,10,1d,5m,,,");' + SCRIPT, 1000, 86_400),
        (':put (",rem,0,mañana,0,,Disable,")', None, None),
    ],
)
def test_what_a_profile_tells(script: str, price: int | None, validity: int | None) -> None:
    assert read_profile("1dia", script) == LeftProfile("1dia", price, validity)


@pytest.mark.parametrize("script", ["", SCRIPT, ':put ("hola")', ':log info "x,rem,1,2,3,"'])
def test_a_profile_that_is_not_mikhmon_s(script: str) -> None:
    assert read_profile("1dia", script) is None
