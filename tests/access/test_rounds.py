"""Prove that a round reads what can have changed, stores it at once, and backs off where all is
quiet.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.access import router_users, usage_sync
from portal.access.orphaned_users import remove_orphaned_users
from portal.access.rounds.pace import QUIETEST, go_round
from portal.access.rounds.standing import all_standing
from portal.access.rounds.storing import DUE_IN, Look, store
from portal.access.router_users import LONGEST, TIMEOUT
from portal.access.usage_sync import UsageSync, sync_usage
from portal.core.database import reading, writing
from portal.core.vault import Vault
from portal.hotspot.errors import RouterError
from portal.models import Access, Job, Router, RouterContact, utc_now
from tests.support.databases.queries import recorded_queries
from tests.support.shop import ROUTER_PASSWORD, OpenShop, Shop
from tests.support.wrapped_ports import wrapped_ports

PERIOD = 120.0
CUSTOMERS = 12


@pytest.fixture
def crowd(open_a_shop: OpenShop) -> Shop:
    """A shop with a dozen customers, who bought long ago and were read just now."""
    shop = open_a_shop(usage_sync_seconds=int(PERIOD))
    for number in range(CUSTOMERS):
        mac, ip = f"02:00:00:00:01:{number:02X}", f"192.168.88.{number + 10}"
        shop.router.join(mac, ip)
        assert shop.buy(mac_cliente=mac, ip_cliente=ip).status_code == 200
    shop.change(Access, enabled_at=utc_now() - timedelta(days=1))
    whole(shop)
    shop.router.forget_commands()
    return shop


def whole(shop: Shop) -> UsageSync:
    with shop.app.app_context():
        return sync_usage(shop.router_id)


def part(shop: Shop) -> UsageSync:
    with shop.app.app_context():
        return sync_usage(shop.router_id, whole=False)


def log_in(shop: Shop, *numbers: int) -> None:
    for number in numbers:
        with shop.app.app_context():
            access = shop.accesses()[number]
            name, password = access.name, access.password
        shop.router.log_in(name, password, f"192.168.88.{number + 10}")


def used(shop: Shop) -> list[int]:
    return [access.total_seconds for access in shop.accesses()]


def test_only_those_are_read_who_can_have_used_something(crowd: Shop) -> None:
    log_in(crowd, 0, 1)
    crowd.router.clock.advance(600)
    done = part(crowd)
    assert done.online == 2
    assert 2 <= done.users < CUSTOMERS
    assert used(crowd)[:3] == [600, 600, 0]
    [said] = [sent for sent in crowd.router.commands if sent.path == "/ip/hotspot/user/print"]
    assert sum(word.startswith("?name=") for word in said.queries) == done.users


def test_what_a_session_used_that_has_ended_is_counted(crowd: Shop) -> None:
    log_in(crowd, 3)
    crowd.router.clock.advance(60)
    part(crowd)
    crowd.router.clock.advance(60)
    crowd.end_sessions()
    part(crowd)
    assert used(crowd)[3] == 120


def test_a_router_that_lost_all_is_known_for_it_by_one_part(crowd: Shop) -> None:
    for user in list(crowd.router.users.values()):
        crowd.router.execute("/ip/hotspot/user/remove", numbers=user[".id"])
    lost = 0
    for _ in range(QUIETEST):
        lost += part(crowd).lost
        make_older(crowd)
    assert lost == CUSTOMERS


def test_who_is_enabled_again_by_hand_is_seen_in_the_next_round(crowd: Shop) -> None:
    """Whichever share of the names comes next: here every customer, one after the other."""
    for user in list(crowd.router.users.values()):
        crowd.router.execute("/ip/hotspot/user/disable", numbers=user[".id"])
    whole(crowd)
    assert {access.actual for access in crowd.accesses()} == {"disabled"}
    for user in list(crowd.router.users.values()):
        crowd.router.execute("/ip/hotspot/user/enable", numbers=user[".id"])
    assert part(crowd).users == CUSTOMERS
    told = {(access.actual, access.blocked_at) for access in crowd.accesses()}
    assert told == {("enabled", None)}
    assert part(crowd).users < CUSTOMERS


def make_older(shop: Shop) -> None:
    """Let all have been read some rounds ago."""
    shop.change(RouterContact, users_read_at=utc_now() - timedelta(seconds=QUIETEST * PERIOD))


def test_after_a_while_all_are_read_again(crowd: Shop) -> None:
    assert part(crowd).users < CUSTOMERS
    make_older(crowd)
    assert part(crowd).users == CUSTOMERS
    assert part(crowd).users < CUSTOMERS


def test_where_names_cannot_be_read_users_are_known_by_their_marks(crowd: Shop) -> None:
    """Whoever has lost a key still counts what was sold before."""
    log_in(crowd, 0)
    crowd.router.clock.advance(60)
    crowd.change(Access, enabled_at=utc_now())
    crowd.app.extensions["vault"] = Vault([os.urandom(32)])
    with crowd.app.app_context(), writing() as session:
        session.get_one(Router, crowd.router_id).password = ROUTER_PASSWORD
    assert part(crowd).users == CUSTOMERS
    assert used(crowd)[0] == 60


def test_however_many_have_changed_they_are_stored_by_one_statement(crowd: Shop) -> None:
    log_in(crowd, *range(CUSTOMERS))
    crowd.router.clock.advance(60)
    with recorded_queries(crowd.app) as asked:
        assert whole(crowd).changed == CUSTOMERS
    assert len([query for query in asked if "UPDATE access" in query]) == 1
    with recorded_queries(crowd.app) as asked:
        whole(crowd)
    assert used(crowd) == [60] * CUSTOMERS


def test_what_has_not_changed_costs_no_statement(crowd: Shop) -> None:
    with recorded_queries(crowd.app) as asked:
        assert part(crowd).changed == 0
    assert not [query for query in asked if query.startswith(("UPDATE", "INSERT"))]


@pytest.mark.each_database
def test_what_somebody_has_changed_meanwhile_stays(crowd: Shop) -> None:
    with crowd.app.app_context():
        read = all_standing(crowd.router_id)
        changed, other = read[:2]
        with writing() as session:
            one = sa.update(Access).where(Access.id == changed.id)
            session.execute(one.values(wanted="absent"))
        store([Look(one, {"seen_seconds": 60, DUE_IN: 5.0}) for one in (changed, other)])
    found = {access.id: access for access in crowd.accesses()}
    assert (found[changed.id].wanted, found[changed.id].seen_seconds) == ("absent", 0)
    assert found[other.id].seen_seconds == 60
    assert 0 < (found[other.id].next_attempt_at - utc_now()).total_seconds() <= 5


def test_a_quiet_router_is_read_less_often_and_a_busy_one_at_once_again(crowd: Shop) -> None:
    def go(quiet: int) -> tuple[float, int | None]:
        with crowd.app.app_context():
            pace = go_round(crowd.router_id, quiet)
        return pace.seconds, pace.attempts

    assert [go(quiet) for quiet in range(5)] == [
        (PERIOD, 1),
        (2 * PERIOD, 2),
        (4 * PERIOD, 3),
        (4 * PERIOD, 4),
        (4 * PERIOD, 5),
    ]
    log_in(crowd, 0)
    assert go(7) == (PERIOD, 0)


def test_a_router_s_first_access_plans_its_rounds_and_no_other_asks(shop: Shop) -> None:
    shop.buy()
    with shop.app.app_context(), reading() as session:
        [job] = session.scalars(sa.select(Job))
    assert (job.id, job.company_id) == (f"usage_sync:{shop.router_id}", shop.company_id)
    assert job.next_attempt_at <= utc_now() + timedelta(seconds=PERIOD)
    shop.end_sessions()
    with recorded_queries(shop.app) as asked:
        assert shop.buy().status_code == 200
    assert not [query for query in asked if "INTO job" in query]


class Timed:
    """A port that notes how many seconds each of its calls was given."""

    def __init__(self, port: Any, given: dict[str, float]) -> None:
        self._port, self._given = port, given

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        def call(*asked: Any, **named: Any) -> Any:
            self._given[name] = next(one for one in asked if isinstance(one, float))
            return method(*asked, **named)

        return call


@pytest.mark.parametrize(
    ("seconds_a_user", "given"), [(2.0, TIMEOUT + 2.0 * CUSTOMERS), (50.0, LONGEST)]
)
def test_a_long_list_is_waited_for_as_long_as_a_slow_line_takes(
    crowd: Shop, monkeypatch: pytest.MonkeyPatch, seconds_a_user: float, given: float
) -> None:
    """Seen at 64 kbit/s and 600 ms: 2,000 users are 362 kB, 45 s, and no round ever ended in 30."""
    monkeypatch.setattr(router_users, "SECONDS_A_USER", seconds_a_user)
    monkeypatch.setattr(usage_sync, "ROUND_SECONDS", 3600.0)
    noted: dict[str, float] = {}
    found = crowd.app.extensions
    ports = wrapped_ports(found["ports"], lambda port: Timed(port, noted))
    monkeypatch.setitem(found, "ports", ports)
    assert whole(crowd).users == CUSTOMERS
    assert (noted["sessions"], noted["users_marked"]) == (TIMEOUT, given)
    noted.clear()
    with crowd.app.app_context():
        assert remove_orphaned_users(crowd.router_id).users == CUSTOMERS
    assert TIMEOUT < noted["users_marked"] <= given


def test_a_round_ends_before_another_worker_begins_it_again(
    crowd: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many lists it reads, each of them slowly."""
    monkeypatch.setattr(usage_sync, "ROUND_SECONDS", 0.2)
    crowd.router.faults.delay(300, "/ip/hotspot/active/print")
    with pytest.raises(RouterError):
        whole(crowd)
