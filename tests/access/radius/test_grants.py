"""Test what counts from a login on: devices that come at once, time where nothing is reported."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.core.database import reading, writing
from portal.models import RadiusGrant, RadiusRouter, Router, utc_now
from portal.operators.router_kit.radius_points import NEVER, REPORTS, radius_points
from tests.support.patience import PATIENCE
from tests.support.radius.radclient import Heard
from tests.support.radius.site import Site, Sold, new_session_id

HOUR, MINUTE = 3600, 60
SITES = 4
OTHER = {"Calling_Station_Id": "AA:BB:CC:00:00:02"}


def test_of_devices_at_several_sites_at_once_as_many_come_in_as_were_bought(site: Site) -> None:
    sites = [site, *(site.second() for _ in range(SITES - 1))]
    for devices in (1, 2, 1):
        sold = site.sell(everywhere=True, max_devices=devices)

        def come(number: int, sold: Sold = sold) -> Heard:
            mac = f"AA:BB:CC:00:01:{number:02X}"
            said = {"chap": number % 2 == 0, "seconds": PATIENCE, "Calling_Station_Id": mac}
            return sites[number].log_in(sold, **said)

        with ThreadPoolExecutor(SITES) as threads:
            heard = list(threads.map(come, range(SITES)))
        assert sum(each.is_accepted for each in heard) == devices, heard
        assert not any(each.is_silence for each in heard)


def test_who_has_no_password_takes_no_place_and_begins_no_time(site: Site) -> None:
    sold = site.sell(everywhere=True, max_devices=1, first_use_seconds=HOUR)
    assert site.log_in(sold, User_Password="adivinada", **OTHER).kind == "Access-Reject"
    assert site.log_in(sold).is_accepted
    assert site.log_in(sold).is_accepted, "an answer that was lost is asked for again"


def test_a_device_that_never_came_keeps_its_place_for_a_minute(site: Site) -> None:
    sold = site.sell(everywhere=True, max_devices=1)
    assert site.log_in(sold).is_accepted
    assert site.log_in(sold, **OTHER).kind == "Access-Reject"
    site.age_sessions(MINUTE + 1)
    assert site.log_in(sold, **OTHER).is_accepted


def test_where_no_report_ever_comes_time_online_runs_from_the_login(site: Site) -> None:
    sold = site.sell(limit_seconds=HOUR)
    for gone in (0, 20 * MINUTE, 40 * MINUTE):
        heard = site.log_in(sold)
        assert heard.number("Session-Timeout") == pytest.approx(HOUR - gone, abs=30)
        site.age_sessions(20 * MINUTE)
    assert site.user(sold).used_seconds == pytest.approx(40 * MINUTE, abs=30)
    assert site.log_in(sold).kind == "Access-Reject"


def test_where_no_report_ever_comes_the_first_login_begins_the_time(site: Site) -> None:
    sold = site.sell(first_use_seconds=HOUR)
    site.log_in(sold)
    site.age_sessions(20 * MINUTE)
    assert site.log_in(sold).number("Session-Timeout") == pytest.approx(40 * MINUTE, abs=30)
    began = site.user(sold).first_started_at
    assert began is not None
    assert utc_now() - began > timedelta(minutes=19)


def reports_of(site: Site) -> str:
    with site.app.app_context():
        with reading() as session:
            router = session.get_one(Router, site.router_id)
        return next(point.found for point in radius_points(router) if point.name == REPORTS)


def test_a_check_says_that_no_report_arrives(site: Site) -> None:
    assert reports_of(site) == NEVER
    site.log_in(site.sell(limit_seconds=HOUR))
    assert reports_of(site) == NEVER, "one may only be late"
    site.age_sessions(2 * MINUTE)
    assert "abra UDP 1813" in reports_of(site)
    site.account("Accounting-On", "0")
    assert "abra UDP" not in reports_of(site)


def test_a_check_says_that_the_server_may_not_have_its_secret(site: Site) -> None:
    with site.app.app_context(), writing() as session:
        session.get_one(RadiusRouter, site.router_id).address = "10.77.0.9"
    assert "flask radius kit" in reports_of(site)


def test_a_wrong_password_counts_no_time(site: Site) -> None:
    sold = site.sell(limit_seconds=HOUR)
    site.log_in(sold)
    site.age_sessions(20 * MINUTE)
    assert site.log_in(sold, User_Password="adivinada").kind == "Access-Reject"
    assert site.user(sold).used_seconds == 0


def test_what_is_reported_counts_by_its_reports_alone(site: Site) -> None:
    sold = site.sell(limit_seconds=HOUR)
    number, login = new_session_id(), site.log_in(sold).attributes["Class"]
    site.account("Start", number, login)
    site.account("Stop", number, login, Acct_Session_Time=60)
    site.age_sessions(20 * MINUTE)
    assert site.log_in(sold).number("Session-Timeout") == HOUR - 60


def test_one_whose_start_was_lost_pays_nothing_where_others_are_reported(site: Site) -> None:
    sold = site.sell(limit_seconds=HOUR)
    site.log_in(sold)
    site.age_sessions(20 * MINUTE)
    site.account("Start", new_session_id(), site.log_in(site.sell()).attributes["Class"])
    assert site.log_in(sold).number("Session-Timeout") == HOUR


def test_what_was_sold_by_the_clock_leaves_no_trace(site: Site) -> None:
    soon = utc_now() + timedelta(hours=1)
    sold = site.sell(expires_at=soon)
    assert site.log_in(sold).is_accepted
    with site.app.app_context(), writing() as session:
        assert session.query(RadiusGrant).filter_by(access_id=sold.access_id).count() == 0
        assert session.get(RadiusRouter, site.router_id) is not None
