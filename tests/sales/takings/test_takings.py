"""Test that what was taken is counted to the centavo, however far the worker came with its sums."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask

from portal.core.database import reading, writing
from portal.core.local_time import DAY
from portal.models import Sale, TakingsDay, TakingsState
from portal.sales.takings.amounts import Takings
from portal.sales.takings.movements import record_late_fee
from portal.sales.takings.reading import hours, months
from portal.sales.takings.summing import last_settled, sum_days
from tests.api.admin.sold import make_sale
from tests.sales.takings.ground import AUTUMN, SPRING, Ground, told
from tests.support.databases.queries import recorded_queries
from tests.support.tenants import Tenant

PLACES = (
    *(("America/Tijuana", SPRING), ("America/Tijuana", AUTUMN), ("America/Ciudad_Juarez", SPRING)),
    *(("America/Cancun", AUTUMN), ("Asia/Kathmandu", SPRING)),
)
Hours = dict[tuple[date, int, str], tuple[int, ...]]


@pytest.fixture(params=PLACES, ids=lambda place: f"{place[0]}-{place[1][0]}")
def ground(app: Flask, tenant: Tenant, request: pytest.FixtureRequest) -> Ground:
    made = Ground(app, tenant, *request.param)
    made.trade(20)
    return made


@pytest.fixture
def one_ground(app: Flask, tenant: Tenant) -> Ground:
    """Of one place, for what is the same in all."""
    made = Ground(app, tenant, "America/Tijuana")
    made.trade(10)
    return made


def counted(ground: Ground, until: datetime) -> Hours:
    sums: dict[tuple[date, int, str], Takings] = defaultdict(Takings)
    with ground.app.app_context(), reading() as session:
        company_id = ground.tenant.company_id
        for hour in hours(session, company_id, ground.zone, ground.days[0], until):
            sums[hour.day, hour.hour, hour.currency] += hour.takings
    return {key: told(takings) for key, takings in sums.items()}


def by_month(ground: Ground) -> dict[tuple[int, int, str], Takings]:
    with ground.app.app_context(), reading() as session:
        company_id, end = ground.tenant.company_id, date(2026, 1, 1)
        found = months(session, company_id, ground.zone, date(2025, 1, 1), end)
    return {(*each.month, each.currency): each.takings for each in found}


def sum_up(ground: Ground) -> int:
    with ground.app.app_context():
        return sum_days(ground.tenant.company_id, ground.over)


def go_back(ground: Ground, through: date) -> None:
    """Let the worker have come no further than this."""
    with ground.app.app_context(), writing() as session:
        session.get_one(TakingsState, ground.tenant.company_id).through = through


def test_sums_change_nothing(ground: Ground) -> None:
    until = datetime.combine(ground.days[1], time(20, 37), UTC)
    hourly, monthly = ground.by_hour(until), ground.by_month()
    assert (counted(ground, until), by_month(ground)) == (hourly, monthly)
    assert sum_up(ground) >= 5
    hourly = ground.by_hour(ground.over)
    for through in (last_settled(ground.over, ground.zone), ground.days[0], ground.days[0] - DAY):
        go_back(ground, through)
        assert counted(ground, ground.over) == hourly
        assert by_month(ground) == monthly


def test_days_are_summed_once(one_ground: Ground) -> None:
    assert sum_up(one_ground) > 0
    assert sum_up(one_ground) == 0


@pytest.mark.parametrize(("days", "hours_long"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_day_of_23_or_25_hours(
    app: Flask, tenant: Tenant, days: tuple[date, date], hours_long: int
) -> None:
    ground = Ground(app, tenant, "America/Tijuana", days)
    begin = datetime.combine(days[1], time(), ground.zone).astimezone(UTC)
    for second in (-1, 0, hours_long * 3600 - 1, hours_long * 3600):
        make_sale(app, tenant, begin + timedelta(seconds=second), "delivered")
    for _ in range(2):
        found = counted(ground, ground.over)
        assert sum(sums[0] for key, sums in found.items() if key[0] == days[1]) == 2
        sum_up(ground)


def test_a_fee_told_late_is_counted_in_the_day_of_its_sale(one_ground: Ground) -> None:
    ground = one_ground
    sale_id = make_sale(
        ground.app, ground.tenant, datetime(2025, 11, 1, 12, tzinfo=UTC), "delivered"
    )
    before = by_month(ground)
    sum_up(ground)
    with ground.app.app_context(), writing() as session:
        sale = session.get_one(Sale, sale_id)
        sale.fee = 1111
        record_late_fee(session, sale)
    key = (2025, 11, "MXN")
    expected = before | {key: before[key] + Takings(fees=1111, fees_told=1)}
    assert by_month(ground) == expected
    sum_up(ground)
    assert by_month(ground) == expected


def test_another_zone_has_other_days(one_ground: Ground) -> None:
    ground = one_ground
    sum_up(ground)
    other = Ground(ground.app, ground.tenant, "Pacific/Auckland")
    other.lines = ground.lines
    for _ in range(2):
        assert by_month(other) == other.by_month()
        sum_up(other)
    with ground.app.app_context(), reading() as session:
        days = session.query(TakingsDay.day).filter_by(company_id=ground.tenant.company_id)
        local = {at.astimezone(other.zone).date() for at, _, _ in ground.lines}
        assert {day for (day,) in days} == local


def test_reading_asks_a_fixed_number_of_questions(one_ground: Ground) -> None:
    with recorded_queries(one_ground.app) as statements:
        counted(one_ground, one_ground.over)
    assert len(statements) == 4
