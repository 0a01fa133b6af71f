"""Test lists, reports and tables in the company's own time zone, the same on both databases."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from tests.api.admin.caller import Caller
from tests.api.admin.sold import make_sale
from tests.support.tenants import Tenant

# Each database has its own way with days.
pytestmark = pytest.mark.each_database

EVENING = datetime(2025, 3, 11, 2, 30, tzinfo=UTC)  # 20:30 of the tenth in Mexico City
SALES = "/mi-empresa/transacciones"
COMPANY = "/mi-empresa"
# Nights on which the clocks are set, or a state changes its zone, and a night like any other.
NIGHTS = [
    ("America/Mexico_City", date(2025, 3, 10)),
    ("America/Mexico_City", date(2022, 10, 30)),
    ("America/Tijuana", date(2025, 3, 9)),
    ("America/Tijuana", date(2025, 11, 2)),
    ("America/Ciudad_Juarez", date(2022, 11, 30)),
    ("America/Ciudad_Juarez", date(2025, 3, 9)),
    ("America/Cancun", date(2015, 2, 1)),
    ("America/Cancun", date(2025, 3, 9)),
    ("Asia/Kathmandu", date(2025, 3, 9)),
]


def set_zone(operator: Caller, zone: str | None) -> None:
    answer = operator.put(COMPANY, {"zona_horaria": zone})
    assert answer.status_code == 200, answer.text


def test_a_sale_of_the_evening_is_of_that_day(app: Flask, operator: Caller, tenant: Tenant) -> None:
    sale_id = make_sale(app, tenant, EVENING, "delivered")
    day = {"desde": "2025-03-10", "hasta": "2025-03-10"}
    listed = operator.get(SALES, **day).json
    assert [sale["id"] for sale in listed["transacciones"]] == [sale_id]
    assert listed["transacciones"][0]["created_at"] == "2025-03-11T02:30:00+00:00"
    report = operator.get("/mi-empresa/dashboard", **day).json
    assert [line["fecha"] for line in report["por_dia"]] == ["2025-03-10"]
    assert report["zona_horaria"] == "America/Mexico_City"
    assert (report["desde"], report["hasta"]) == (
        "2025-03-10T06:00:00+00:00",
        "2025-03-11T06:00:00+00:00",
    )
    table = operator.get(SALES, formato="csv", **day).text.removeprefix("\ufeff")
    assert [row["fecha"] for row in csv.DictReader(io.StringIO(table))] == ["2025-03-10 20:30:00"]
    following = {"desde": "2025-03-11", "hasta": "2025-03-11"}
    assert operator.get(SALES, **following).json["total"] == 0


@pytest.mark.parametrize(("zone", "night"), NIGHTS, ids=str)
def test_days_are_told_apart_on_every_night(
    app: Flask, operator: Caller, tenant: Tenant, zone: str, night: date
) -> None:
    set_zone(operator, zone)
    noon = datetime.combine(night, datetime.min.time(), UTC) + timedelta(hours=12)
    moments = [noon + timedelta(minutes=30 * step) for step in range(-60, 60)]
    edges = [moment - timedelta(microseconds=1) for moment in moments[::8]]
    for moment in (*moments[::5], *edges):
        make_sale(app, tenant, moment, "delivered")
    expected = Counter(
        str(moment.astimezone(ZoneInfo(zone)).date()) for moment in (*moments[::5], *edges)
    )
    period = {"desde": min(expected), "hasta": max(expected)}
    report = operator.get("/mi-empresa/dashboard", **period).json
    assert {line["fecha"]: line["ventas"] for line in report["por_dia"]} == expected
    for day, count in expected.items():
        assert operator.get(SALES, desde=day, hasta=day).json["total"] == count


def test_a_company_names_its_zone_or_has_the_deployments(operator: Caller) -> None:
    assert operator.get(COMPANY).json["zona_horaria"] == "America/Mexico_City"
    set_zone(operator, "America/Hermosillo")
    assert operator.get(COMPANY).json["zona_horaria"] == "America/Hermosillo"
    set_zone(operator, None)
    assert operator.get(COMPANY).json["zona_horaria"] == "America/Mexico_City"


@pytest.mark.parametrize(
    "zone", ["", "Mexico", "america/tijuana", "../../etc/passwd", "localtime", "GMT-6", 5, []]
)
def test_what_is_no_zone_is_refused(operator: Caller, zone: object) -> None:
    answer = operator.put(COMPANY, {"zona_horaria": zone})
    assert (answer.status_code, list(answer.json["errores"])) == (422, ["zona_horaria"])
    assert len(answer.text) < 300


def test_the_super_admins_days_are_the_deployments(
    app: Flask, root: Caller, operator: Caller, tenant: Tenant
) -> None:
    set_zone(operator, "Pacific/Kiritimati")
    make_sale(app, tenant, EVENING, "delivered")
    days = {"desde": "2025-03-10", "hasta": "2025-03-11"}
    overall = root.get("/admin/dashboard", **days).json
    assert "2025-03-10" in [line["fecha"] for line in overall["por_dia"]]
    stats = root.get(f"/admin/empresas/{tenant.company_id}/stats", **days).json
    assert [line["fecha"] for line in stats["por_dia"]] == ["2025-03-11"]


def test_the_usual_report_is_of_thirty_whole_days(
    app: Flask, operator: Caller, tenant: Tenant
) -> None:
    report = operator.get("/mi-empresa/dashboard", hasta="2025-03-31").json
    assert report["desde"] == "2025-03-02T06:00:00+00:00"
    assert report["hasta"] == "2025-04-01T06:00:00+00:00"


def test_a_long_report_is_no_long_wait(app: Flask, operator: Caller, tenant: Tenant) -> None:
    set_zone(operator, "America/Tijuana")
    make_sale(app, tenant, EVENING, "delivered")
    century = {"desde": "2000-01-01", "hasta": "2099-12-31"}
    report = operator.get("/mi-empresa/dashboard", **century).json
    assert [line["fecha"] for line in report["por_dia"]] == ["2025-03-10"]
