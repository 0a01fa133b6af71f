"""Test which stretch is laid beside which: a morning is never compared with a whole day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.operators.takings.spans import SpanKind, SpanPair, compared

MEXICO, TIJUANA = ZoneInfo("America/Mexico_City"), ZoneInfo("America/Tijuana")


def at(zone: ZoneInfo, *parts: int) -> dict[SpanKind, SpanPair]:
    """What is compared when clocks there show this."""
    now = datetime(*parts, tzinfo=zone).astimezone(UTC)  # type: ignore[arg-type]
    return {span.kind: span for span in compared(now, zone)}


def there(span: SpanPair, zone: ZoneInfo) -> str:
    return span.before_ends.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def test_a_tuesday_morning() -> None:
    spans = at(MEXICO, 2025, 3, 11, 9, 30)
    assert {kind: (span.first, span.before_first) for kind, span in spans.items()} == {
        SpanKind.DAY: (date(2025, 3, 11), date(2025, 3, 10)),
        SpanKind.WEEK: (date(2025, 3, 10), date(2025, 3, 3)),
        SpanKind.MONTH: (date(2025, 3, 1), date(2025, 2, 1)),
    }
    assert {kind: there(span, MEXICO) for kind, span in spans.items()} == {
        SpanKind.DAY: "2025-03-10 09:30",
        SpanKind.WEEK: "2025-03-04 09:30",
        SpanKind.MONTH: "2025-02-11 09:30",
    }


def test_the_day_is_the_place_s_own() -> None:
    # Half past five in the afternoon there is the next day already in UTC.
    assert at(MEXICO, 2025, 3, 31, 17, 30)[SpanKind.DAY].first == date(2025, 3, 31)
    assert at(MEXICO, 2025, 3, 31, 18, 30)[SpanKind.MONTH].first == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("day", "before"), [((2025, 3, 31), "2025-03-01 00:00"), ((2025, 5, 31), "2025-05-01 00:00")]
)
def test_a_shorter_month_before_counts_whole(day: tuple[int, int, int], before: str) -> None:
    assert there(at(MEXICO, *day, 12)[SpanKind.MONTH], MEXICO) == before


def test_january_looks_back_at_december() -> None:
    assert at(MEXICO, 2026, 1, 5, 12)[SpanKind.MONTH].before_first == date(2025, 12, 1)


def test_clocks_that_changed_show_the_same_time() -> None:
    """On March 9 in Tijuana the day began an hour less than 24 before the next."""
    span = at(TIJUANA, 2025, 3, 10, 9, 30)[SpanKind.DAY]
    assert there(span, TIJUANA) == "2025-03-09 09:30"
    assert span.before_ends == datetime(2025, 3, 9, 16, 30, tzinfo=UTC)
    span = at(TIJUANA, 2025, 11, 2, 9, 30)[SpanKind.DAY]
    assert span.before_ends == datetime(2025, 11, 1, 16, 30, tzinfo=UTC)
