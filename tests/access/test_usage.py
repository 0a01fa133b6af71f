"""Test what was used, however the router counts: rows 4 of the reports, power cuts, resets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.access.usage import Reading, count, take_over
from portal.hotspot.routeros.values import parse_duration
from portal.models import Access, Plan, utc_now
from tests.access.test_time import go_round, is_gone
from tests.support.shop import IP, MAC, Shop

SLACK = 30
HOUR = 3600
RATE = 22_000


def blank() -> Access:
    names = ("used_seconds", "used_bytes", "seen_seconds", "seen_bytes")
    zeros = dict.fromkeys((*names, "session_seconds", "session_bytes"), 0)
    return Access(**zeros, sessions_apart=False, seen_at=None)


def read(access: Access, seconds: int, session: int = 0) -> tuple[int, int]:
    """One look: the user's own counters, and those of its sessions; what we know of then."""
    now = Reading(seconds, seconds * RATE, session, session * RATE)
    take_over(access, count(access, now))
    return access.total_seconds, access.total_bytes


WHILE_ONLINE = [(60, 60), (120, 120), (180, 0), (180, 0), (190, 10), (250, 70)]
AT_LOGOUT = [(0, 60), (0, 120), (180, 0), (180, 0), (180, 10), (180, 70), (250, 0)]


@pytest.mark.parametrize(
    ("looks", "totals"),
    [
        (WHILE_ONLINE, [60, 120, 180, 180, 190, 250]),
        (AT_LOGOUT, [60, 120, 180, 180, 190, 250, 250]),
    ],
)
def test_either_way_of_counting_comes_to_the_same(
    looks: list[tuple[int, int]], totals: list[int]
) -> None:
    access = blank()
    assert [read(access, *look) for look in looks] == [(n, n * RATE) for n in totals]


@pytest.mark.parametrize("step", [1, 7, 60, 119, 600])
@pytest.mark.parametrize("at_logout", [False, True])
@pytest.mark.parametrize("lengths", [(3000, 20, 500), (50, 3000), (119, 121, 119)])
def test_many_sessions_are_never_counted_twice(
    step: int, at_logout: bool, lengths: tuple[int, ...]
) -> None:
    access, over = blank(), 0
    for length in lengths:
        for online in range(step, length, step):
            total, _ = read(access, over if at_logout else over + online, online)
            assert over + online - step <= total <= over + online
        over += length
    assert read(access, over) == (over, over * RATE)


@pytest.mark.parametrize(
    ("looks", "lost"), [([(0, 300)], (0, 0)), ([(100, 0), (100, 300)], (100, 0))]
)
def test_a_power_cut_loses_nothing_that_was_seen(
    looks: list[tuple[int, int]], lost: tuple[int, int]
) -> None:
    access = blank()
    for look in looks:
        before = read(access, *look)
    assert read(access, *lost) == before
    again, _ = read(access, lost[0], 60)
    assert again == before[0] + 60


def test_counters_that_went_down_with_the_session_are_made_up_for() -> None:
    access = blank()
    read(access, 3600)
    read(access, 3900, 300)
    assert read(access, 3600)[0] == 3900
    assert read(access, 3660, 60)[0] == 3960


def test_counters_that_begin_anew_are_added() -> None:
    access = blank()
    read(access, 3600)
    assert read(access, 30, 30)[0] == 3630
    assert access.used_seconds == 3600


def at_logout(shop: Shop, **plan: object) -> dict[str, str]:
    shop.router.book_at_logout()
    shop.change(Plan, **plan)
    user: dict[str, str] = shop.buy().json["usuario_hotspot"]
    return user


def test_row_4_an_hour_from_first_use_ends_though_its_session_goes_on(shop: Shop) -> None:
    user = at_logout(shop, duration_seconds=HOUR, duration_from="first_use")
    shop.router.log_in(user["usuario"], user["contrasena"], IP)
    shop.router.clock.advance(HOUR - 60)
    assert shop.router.users[user["usuario"]]["uptime"] == "0s"
    assert go_round(shop).begun == 1
    [access] = shop.accesses()
    left = access.expires_at - utc_now()
    assert timedelta(0) < left <= timedelta(seconds=60)
    assert access.next_attempt_at <= access.expires_at + timedelta(seconds=5)
    shop.change(Access, expires_at=utc_now())
    shop.reconcile()
    assert is_gone(shop, user["usuario"])


def test_row_4_three_hours_online_before_anybody_looked(shop: Shop) -> None:
    user = at_logout(shop, duration_seconds=HOUR, duration_from="first_use")
    shop.router.log_in(user["usuario"], user["contrasena"], IP)
    shop.router.clock.advance(3 * HOUR)
    go_round(shop)
    shop.reconcile()
    assert is_gone(shop, user["usuario"])


@pytest.mark.parametrize("limit", ["time", "data"])
def test_connected_time_and_data_count_the_session_under_way(shop: Shop, limit: str) -> None:
    plan = {"duration_seconds": HOUR, "duration_from": "connected"}
    user = at_logout(shop, **(plan if limit == "time" else {"data_limit": HOUR * RATE}))
    shop.router.log_in(user["usuario"], user["contrasena"], IP)
    shop.router.clock.advance(1800)
    assert go_round(shop).ended == 0
    assert shop.accesses()[0].total_seconds == 1800
    shop.router.clock.advance(1801)
    assert go_round(shop).ended == 1
    shop.reconcile()
    assert is_gone(shop, user["usuario"])


def test_after_a_power_cut_the_router_lets_no_more_than_what_is_left(shop: Shop) -> None:
    user = at_logout(shop, duration_seconds=HOUR, duration_from="connected")
    name = user["usuario"]
    shop.router.log_in(name, user["contrasena"], IP)
    shop.router.clock.advance(1800)
    go_round(shop)
    shop.router.reboot(power_cut=True)
    assert (shop.router.active, shop.router.users[name]["uptime"]) == ([], "0s")
    assert go_round(shop).lost == 0
    # The router's clock goes on while it is read.
    assert 1800 <= shop.accesses()[0].total_seconds < 1800 + SLACK
    shop.reconcile()
    left = parse_duration(shop.router.users[name]["limit-uptime"])
    assert 1800 - SLACK < left <= 1800
    assert shop.router.hosts[0]["mac-address"] == MAC


def test_what_is_made_anew_gets_what_is_left_though_no_round_saw_it_go(shop: Shop) -> None:
    shop.change(Plan, duration_seconds=HOUR, duration_from="connected")
    user = shop.buy(conexion_automatica=True).json["usuario_hotspot"]["usuario"]
    shop.router.clock.advance(600)
    go_round(shop)
    shop.router.execute("/ip/hotspot/user/remove", numbers=shop.router.users[user][".id"])
    shop.change(Access, next_attempt_at=utc_now())
    shop.reconcile()
    left = parse_duration(shop.router.users[user]["limit-uptime"])
    assert HOUR - 600 - SLACK < left <= HOUR - 600
    assert 600 <= shop.accesses()[0].used_seconds < 600 + SLACK
    assert shop.accesses()[0].seen_seconds == 0
