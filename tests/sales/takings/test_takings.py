"""Test that what was taken is counted to the centavo, however far the worker came with its sums."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from portal.core.database import reading, writing
from portal.models import Company, Sale, TakingsDay, TakingsState, utc_now
from portal.sales.takings.amounts import Takings
from portal.sales.takings.movements import record_late_fee
from portal.sales.takings.reading import hours, months
from portal.sales.takings.summing import last_settled, sum_days
from tests.api.admin.sold import make_sale
from tests.sales.takings.ground import DAYS, Ground, told
from tests.support.queries import recorded_queries
from tests.support.tenants import Tenant

ZONES = ("America/Tijuana", "America/Ciudad_Juarez", "America/Cancun", "Asia/Kathmandu")


@pytest.fixture(params=ZONES)
def ground(app: Flask, tenant: Tenant, request: pytest.FixtureRequest) -> Ground:
    made = Ground(app, tenant, request.param, seed=7)
    made.trade(25)
    return made


def counted(ground: Ground, until: datetime) -> dict[tuple[date, int, str], tuple[int, ...]]:
    sums: dict[tuple[date, int, str], Takings] = defaultdict(Takings)
    with ground.app.app_context(), reading() as session:
        company_id = ground.tenant.company_id
        for hour in hours(session, company_id, ground.zone, DAYS[0], until):
            sums[hour.day, hour.hour, hour.currency] += hour.takings
    return {key: told(takings) for key, takings in sums.items()}


def by_month(ground: Ground) -> dict[tuple[int, int, str], Takings]:
    with ground.app.app_context(), reading() as session:
        company_id, end = ground.tenant.company_id, date(2026, 1, 1)
        found = months(session, company_id, ground.zone, date(2025, 1, 1), end)
    return {(*each.month, each.currency): each.takings for each in found}


def sum_up(ground: Ground) -> int:
    with ground.app.app_context():
        return sum_days(ground.tenant.company_id)


def go_back(ground: Ground, through: date) -> None:
    """Let the worker have come no further than this."""
    with ground.app.app_context(), writing() as session:
        session.get_one(TakingsState, ground.tenant.company_id).through = through


def test_sums_change_nothing(ground: Ground) -> None:
    until = datetime(2025, 11, 2, 20, 37, tzinfo=UTC)
    hourly, monthly = ground.by_hour(until), ground.by_month()
    assert (counted(ground, until), by_month(ground)) == (hourly, monthly)
    assert sum_up(ground) > 200
    late = datetime(2026, 1, 1, tzinfo=UTC)
    for through in (last_settled(utc_now(), ground.zone), DAYS[2], DAYS[0] - timedelta(days=9)):
        go_back(ground, through)
        assert counted(ground, late) == ground.by_hour(late)
        assert by_month(ground) == monthly


def test_days_are_summed_once(ground: Ground) -> None:
    sum_up(ground)
    assert sum_up(ground) == 0


def test_days_of_25_and_of_23_hours(app: Flask, tenant: Tenant) -> None:
    ground = Ground(app, tenant, "America/Tijuana", seed=1)
    begins = {day: datetime.combine(day, datetime.min.time(), ground.zone) for day in DAYS}
    for day, hours_long in ((DAYS[1], 23), (DAYS[3], 25)):
        begin = begins[day].astimezone(UTC)
        for second in (0, hours_long * 3600 - 1, hours_long * 3600):
            at = begin + timedelta(seconds=second)
            ground.lines.append((at, "MXN", Takings(1, 2000)))
            make_sale(app, tenant, at, "delivered")
    for _ in range(2):
        found = counted(ground, datetime(2026, 1, 1, tzinfo=UTC))
        for day in (DAYS[1], DAYS[3]):
            assert sum(sums[0] for key, sums in found.items() if key[0] == day) == 2
        sum_up(ground)


def test_a_fee_told_late_is_counted_in_the_day_of_its_sale(ground: Ground) -> None:
    sum_up(ground)
    with ground.app.app_context(), writing() as session:
        mine = session.query(Sale).filter_by(company_id=ground.tenant.company_id, fee=None)
        sale = mine.order_by(Sale.paid_at).first()
        assert sale is not None
        assert sale.paid_at is not None
        sale.fee = 1111
        record_late_fee(session, sale)
    before = ground.by_month()
    there = sale.paid_at.astimezone(ground.zone)
    key = (there.year, there.month, sale.currency)
    expected = before | {key: before[key] + Takings(fees=1111, fees_told=1)}
    assert by_month(ground) == expected
    sum_up(ground)
    assert by_month(ground) == expected


def test_another_zone_has_other_days(ground: Ground) -> None:
    sum_up(ground)
    other = Ground(ground.app, ground.tenant, "Pacific/Auckland", seed=1)
    other.lines = ground.lines
    for _ in range(2):
        assert by_month(other) == other.by_month()
        sum_up(other)
    with ground.app.app_context(), reading() as session:
        company_id = ground.tenant.company_id
        assert session.get_one(Company, company_id).time_zone == "Pacific/Auckland"
        days = session.query(TakingsDay.day).filter_by(company_id=company_id)
        local = {at.astimezone(other.zone).date() for at, _, _ in ground.lines}
        assert {day for (day,) in days} == local


def test_reading_asks_a_fixed_number_of_questions(ground: Ground) -> None:
    with recorded_queries(ground.app) as statements:
        counted(ground, datetime(2026, 1, 1, tzinfo=UTC))
    assert len(statements) == 4
