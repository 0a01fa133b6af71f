"""Prove that time lost to an outage is given back: to whom it was taken from, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Timer
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.database import reading, writing
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.extensions import db
from portal.core.records import new_id
from portal.models import Access, AuditEntry, Outage, Router, Sale, utc_now
from portal.operators.router_recovery import declare
from tests.api.admin.sold import make_sale
from tests.support.tenants import ACTOR, Tenant, make_tenant

MINUTE = timedelta(minutes=1)
NOW = 100
Minutes = tuple[int, int]


@pytest.fixture(scope="module")
def app_settings() -> dict[str, Any]:
    return {"sale_deadline": 5.0}


@pytest.fixture(scope="module")
def app(app: Flask) -> Iterator[Flask]:
    """Entered already."""
    with app.app_context():
        yield app


@dataclass
class OutageEnvironment:
    """A router with accesses on it; minute 100 has just gone by."""

    tenant: Tenant
    router_id: str
    zero: datetime

    def at(self, minute: int) -> datetime:
        return self.zero + minute * MINUTE

    def access(self, start: int, end: int, **values: Any) -> str:
        """Its user is on the router, or was taken off it when its time was over."""
        state = "enabled" if end > NOW else "absent"
        about: dict[str, Any] = {
            "id": new_id("acc_", 20, upper=False),
            "company_id": self.tenant.company_id,
            "router_id": self.router_id,
            "kind": "user_password",
            "name": new_id("", 6),
            "wanted": state,
            "actual": state,
            "profile_name": "1hora",
            "duration_seconds": (end - start) * 60,
            "duration_from": "purchase",
            "started_at": self.at(start),
            "expires_at": self.at(end),
        }
        with writing() as session:
            access = Access(**about | values)
            access.password = "planted-hotspot-password"
            session.add(access)
        return access.id

    def declare(self, start: int, end: int) -> Any:
        company_id = self.tenant.company_id
        return declare(ACTOR, company_id, self.router_id, self.at(start), self.at(end))

    def ends(self, access_id: str) -> int:
        """The minute in which it ends now."""
        expires_at = read(access_id).expires_at
        assert expires_at is not None
        return round((expires_at - self.zero) / MINUTE)


def read(access_id: str) -> Access:
    with reading() as session:
        return session.get_one(Access, access_id)


@pytest.fixture(scope="module")
def tenant(app: Flask) -> Tenant:
    return make_tenant(app)


@pytest.fixture(scope="module")
def make_environment(tenant: Tenant) -> Callable[[], OutageEnvironment]:
    def make() -> OutageEnvironment:
        router = Router(company_id=tenant.company_id, name="Otro", host="127.0.0.1", username="api")
        with writing() as session:
            session.add(router)
        return OutageEnvironment(tenant, router.id, utc_now() - NOW * MINUTE - MINUTE / 2)

    return make


@pytest.fixture
def environment(make_environment: Callable[[], OutageEnvironment]) -> OutageEnvironment:
    return make_environment()


def runs_out(start: int, length: int, out: set[int]) -> int:
    """The model: the minute in which so many minutes with service have gone by."""
    while length:
        length -= start not in out
        start += 1
    return start


def pairs(latest: int) -> st.SearchStrategy[list[Minutes]]:
    pair = st.tuples(st.integers(0, latest - 1), st.integers(0, latest - 1))
    return st.lists(pair.map(lambda found: (min(found), max(found) + 1)), min_size=1, max_size=4)


@given(accesses=pairs(NOW + 60), outages=pairs(NOW))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_access_runs_as_long_as_was_bought(
    make_environment: Callable[[], OutageEnvironment],
    accesses: list[Minutes],
    outages: list[Minutes],
) -> None:
    environment = make_environment()
    # Nobody has bought what starts after now.
    bought = [(min(start, NOW), end) for start, end in accesses if end > min(start, NOW)]
    ids = [environment.access(start, end) for start, end in bought]
    seconds = sum(environment.declare(*outage).seconds for outage in outages)
    out = {minute for start, end in outages for minute in range(start, end)}
    expected = [runs_out(start, end - start, out) for start, end in bought]
    assert [environment.ends(access_id) for access_id in ids] == expected
    given_back = sum(new - end for new, (_, end) in zip(expected, bought, strict=True))
    assert seconds == given_back * 60
    for access_id, new in zip(ids, expected, strict=True):
        access = read(access_id)
        assert access.wanted == ("enabled" if new > NOW else "absent")
        assert access.actual == access.wanted or access.next_attempt_at <= utc_now()


def test_an_access_that_ended_during_the_outage_goes_on_after_it(
    environment: OutageEnvironment,
) -> None:
    access_id = environment.access(30, 90)
    given = environment.declare(60, 100)
    assert (given.accesses, given.seconds, given.reopened) == (1, 40 * 60, 1)
    assert environment.ends(access_id) == 130
    access = read(access_id)
    assert (access.wanted, access.actual, access.attempts) == ("enabled", "absent", 0)
    assert access.password == "planted-hotspot-password"


def test_declared_twice_or_in_parts_it_is_given_once(environment: OutageEnvironment) -> None:
    access_id = environment.access(50, 110)
    given = [environment.declare(*outage) for outage in [(60, 70), (60, 70), (65, 80), (55, 85)]]
    assert [part.seconds // 60 for part in given] == [10, 0, 10, 10]
    assert environment.ends(access_id) == 140


@pytest.mark.each_database
def test_declared_by_several_at_once_it_is_given_once(
    app: Flask, environment: OutageEnvironment
) -> None:
    access_id = environment.access(50, 110)

    def attempt(_: int) -> int:
        with app.app_context():
            return int(environment.declare(60, 70).seconds)

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(attempt, range(4))) == 600
    assert environment.ends(access_id) == 120


def test_what_the_outage_did_not_touch_stays_as_it_is(
    environment: OutageEnvironment, app: Flask
) -> None:
    before, after = environment.access(10, 60), environment.access(70, 130)
    unbounded = environment.access(10, 130, started_at=None, expires_at=None)
    elsewhere = environment.access(10, 130, router_id=environment.tenant.router_id)
    given = environment.declare(60, 70)
    assert (given.accesses, given.seconds) == (0, 0)
    assert [environment.ends(one) for one in (before, after, elsewhere)] == [60, 130, 130]
    assert read(unbounded).expires_at is None


@pytest.mark.parametrize("state", ["refunding", "refunded", "charged_back", "canceled"])
def test_whose_money_went_gets_no_time(
    app: Flask, environment: OutageEnvironment, state: str
) -> None:
    access_id = access_of(app, environment, state)
    assert environment.declare(60, 100).accesses == 0
    assert read(access_id).wanted == "absent"


def test_an_extension_that_went_back_takes_nothing_else_away(
    app: Flask, environment: OutageEnvironment
) -> None:
    access_id = access_of(app, environment, "refunded", extends=True)
    assert environment.declare(60, 100).reopened == 1
    assert read(access_id).wanted == "enabled"


def access_of(app: Flask, environment: OutageEnvironment, state: str, **values: Any) -> str:
    sale_id = make_sale(app, environment.tenant, environment.at(30), state, **values)
    with writing() as session:
        access = session.get_one(Access, session.get_one(Sale, sale_id).access_id)
        access.router_id = environment.router_id
        access.started_at, access.expires_at = environment.at(30), environment.at(90)
    return access.id


def test_what_was_taken_away_before_its_time_stays_away(environment: OutageEnvironment) -> None:
    access_id = environment.access(30, 130, wanted="absent", actual="absent")
    environment.declare(60, 70)
    assert read(access_id).wanted == "absent"


def test_data_that_is_used_up_does_not_come_back(environment: OutageEnvironment) -> None:
    counted = {"data_limit": 1000, "used_bytes": 600, "seen_bytes": 300}
    used_up = environment.access(30, 90, **counted | {"data_limit": 900})
    left = environment.access(30, 90, **counted)
    assert environment.declare(60, 100).reopened == 1
    assert (read(used_up).wanted, read(left).wanted) == ("absent", "enabled")
    # The router will count from nothing again.
    assert (read(left).used_bytes, read(left).seen_bytes) == (900, 0)


def test_a_name_that_was_sold_again_is_replaced(environment: OutageEnvironment) -> None:
    gone = environment.access(30, 90, name="ABC234")
    stands = environment.access(95, 160, name="ABC234")
    assert environment.declare(60, 90).renamed == (gone,)
    assert read(stands).name == "ABC234"
    assert read(gone).name != "ABC234"
    assert read(gone).password != "planted-hotspot-password"


def test_it_waits_for_whoever_works_on_an_access(environment: OutageEnvironment) -> None:
    access_id = environment.access(50, 110, lease="theirs", lease_until=utc_now() + MINUTE)
    engine = db.engine.execution_options(writes=True)

    def let_go() -> None:
        with engine.begin() as connection:
            connection.execute(sa.update(Access).values(lease=None))

    release = Timer(0.3, let_go)
    release.start()
    assert environment.declare(60, 70).seconds == 600
    release.join()
    assert environment.ends(access_id) == 120


def test_where_an_access_stays_busy_nothing_is_recorded(
    environment: OutageEnvironment, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    access_id = environment.access(50, 110, lease="theirs", lease_until=utc_now() + MINUTE)
    free_id = environment.access(50, 110)
    monkeypatch.setitem(app.extensions["settings"].__dict__, "sale_deadline", 0.3)
    with pytest.raises(Conflict):
        environment.declare(60, 70)
    assert [environment.ends(access_id), environment.ends(free_id)] == [110, 110]
    with reading() as session:
        found = sa.select(Outage).where(Outage.router_id == environment.router_id)
        assert session.scalars(found).all() == []


def test_what_cannot_be_an_outage_is_refused(environment: OutageEnvironment) -> None:
    access_id = environment.access(50, 110)
    for start, end in ((70, 60), (70, 70), (60, NOW + 10)):
        with pytest.raises(Invalid):
            environment.declare(start, end)
    with pytest.raises(NotFound):
        declare(
            ACTOR, "EMP_0000000000", environment.router_id, environment.at(60), environment.at(70)
        )
    assert environment.ends(access_id) == 110


def test_it_is_on_record_who_declared_what(environment: OutageEnvironment) -> None:
    environment.access(50, 110)
    environment.declare(60, 70)
    with reading() as session:
        deed = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.target == environment.router_id)
        ).one()
    assert (deed.actor, deed.action) == (ACTOR.name, "router.outage")
    assert (deed.details["accesses"], deed.details["seconds"]) == (1, 600)
    assert deed.details["from"] == environment.at(60).isoformat()
