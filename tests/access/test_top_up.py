"""Test what may be added to an access, and what of it goes when money goes back."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from portal.access.errors import NothingToExtend
from portal.models import Access, Plan, utc_now
from portal.sales.creation import can_grow
from portal.sales.errors import CannotExtend
from portal.sales.operator_refund import RefundRefused, refund_sale
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from tests.support.shop import Shop

HOUR, DAY, MB = 3600, 86_400, 2**20
TIME = {"duration_seconds": HOUR, "duration_from": "purchase", "data_limit": None}
DATA = {"duration_seconds": None, "duration_from": None, "data_limit": 100 * MB}
BOTH = TIME | {"data_limit": 100 * MB}
NO_LIMIT = TIME | {"duration_seconds": None, "duration_from": None}

# What was bought, what is to be added, and whether it can be.
RULE = {
    "the same": (TIME, TIME, True),
    "another length": (TIME, TIME | {"duration_seconds": 30 * DAY}, True),
    "another price": (TIME, TIME | {"amount": 500}, True),
    "data to data": (DATA, DATA | {"data_limit": MB}, True),
    "from first use": (TIME, TIME | {"duration_from": "first_use"}, False),
    "by connected time": (TIME | {"duration_from": "connected"}, TIME, False),
    "another profile": (TIME, TIME | {"profile_name": "premium"}, False),
    "more devices": (TIME | {"max_devices": 1}, TIME | {"max_devices": 2}, False),
    "no word on devices": (TIME, TIME | {"max_devices": 1}, False),
    "another speed": (TIME | {"speed": "5 Mbps"}, TIME | {"speed": "50 Mbps"}, False),
    "data to time": (TIME, DATA, False),
    "time to data": (DATA, TIME, False),
    "both to time": (TIME, BOTH, False),
    "50 GB for 5 minutes to 100 MB for 30 days": (
        BOTH | {"duration_seconds": 30 * DAY},
        BOTH | {"duration_seconds": 300, "data_limit": 50 * 1024 * MB},
        False,
    ),
    "both to both": (BOTH, BOTH, False),
    "nothing ends": (NO_LIMIT, NO_LIMIT, False),
}


def set_plan(shop: Shop, **plan: Any) -> None:
    shop.change(Plan, **sold(**plan))


def order(shop: Shop, access_id: str, **changes: Any) -> PurchaseRequest:
    return PurchaseRequest(**shop.extension(access_id, **changes))


def extend(shop: Shop, access_id: str) -> str:
    """Buy the plan for an access; the sale's id."""
    with shop.app.app_context():
        return buy(order(shop, access_id)).sale.id


def refund(shop: Shop, sale_id: str) -> None:
    with shop.app.app_context():
        refund_sale(sale_id, "customer asked")
    shop.reconcile()


def sold(**plan: Any) -> dict[str, Any]:
    return {"profile_name": "1hora", "max_devices": None, "speed": None, "amount": 2000} | plan


@pytest.mark.parametrize("name", RULE)
def test_what_can_be_added(name: str) -> None:
    bought, more, allowed = RULE[name]
    terms = {column: value for column, value in sold(**bought).items() if column != "amount"}
    access = Access(wanted="enabled", **terms)
    assert can_grow(access, Plan(**sold(**more))) is allowed
    access.wanted = "absent"
    assert not can_grow(access, Plan(**sold(**more)))


def test_what_cannot_be_added_is_refused_before_anything_outside_is_asked(shop: Shop) -> None:
    set_plan(shop, **TIME)
    assert shop.buy().status_code == 200
    [before] = shop.accesses()
    set_plan(shop, **TIME | {"profile_name": "premium"})
    shop.gateway.reset_figures()
    with pytest.raises(CannotExtend) as refused:
        extend(shop, before.id)
    assert refused.value.status == 409
    assert not shop.gateway.calls()
    assert len(shop.sales()) == 1
    [after] = shop.accesses()
    for column in ("profile_name", "duration_seconds", "data_limit", "expires_at", "wanted"):
        assert getattr(after, column) == getattr(before, column)


def test_what_is_over_cannot_be_added_to(shop: Shop) -> None:
    set_plan(shop, **TIME)
    shop.buy()
    [access] = shop.accesses()
    shop.change(Access, wanted="absent")
    with pytest.raises(NothingToExtend):
        extend(shop, access.id)
    with pytest.raises(NothingToExtend):
        extend(shop, "acc_nobody")


def test_another_length_is_added_to_the_second(shop: Shop) -> None:
    set_plan(shop, **TIME)
    shop.buy()
    [before] = shop.accesses()
    set_plan(shop, **TIME | {"duration_seconds": 300})
    extend(shop, before.id)
    [after] = shop.accesses()
    assert after.expires_at - before.expires_at == timedelta(seconds=300)


SIZES = (1, 2, 4)


def bought_one_after_the_other(shop: Shop, unit: dict[str, Any]) -> list[str]:
    """Three purchases of one access, each of another size; their sales."""
    scaled = ("duration_seconds", "data_limit")
    for size in SIZES:
        set_plan(shop, **{k: v * size if v and k in scaled else v for k, v in unit.items()})
        if size == SIZES[0]:
            shop.buy()
        else:
            extend(shop, shop.accesses()[0].id)
    return [sale.id for sale in shop.sales()]


@pytest.mark.parametrize("turn", list(permutations(range(len(SIZES)))))
@pytest.mark.parametrize("unit", [TIME, DATA], ids=["time", "data"])
def test_each_refund_takes_its_part_in_every_order(
    shop: Shop, unit: dict[str, Any], turn: tuple[int, ...]
) -> None:
    sales = bought_one_after_the_other(shop, unit)
    left = set(range(len(SIZES)))
    for nth in turn:
        refund(shop, sales[nth])
        left.remove(nth)
        [access] = shop.accesses()
        size = sum(SIZES[one] for one in left)
        assert access.wanted == access.actual == ("enabled" if left else "absent")
        if unit is DATA:
            assert access.data_limit == size * 100 * MB
            continue
        ends = timedelta(seconds=size * HOUR)
        assert abs(access.expires_at - access.started_at - ends) < timedelta(seconds=30)


# Seconds used of two hours that came an hour each; how many are left once one went back.
USED = {
    "nothing, the first": (0, 0, HOUR),
    "nothing, the second": (0, 1, HOUR),
    "most of the first, the first": (3000, 0, HOUR),
    "most of the first, the second": (3000, 1, 600),
    "some of the second, the first": (HOUR + 600, 0, 3000),
    "some of the second, the second": (HOUR + 600, 1, 0),
}


@pytest.mark.parametrize("name", USED)
def test_what_was_used_is_used_of_the_older_first(shop: Shop, name: str) -> None:
    used, nth, left = USED[name]
    set_plan(shop, **TIME)
    shop.buy()
    extend(shop, shop.accesses()[0].id)
    ago = timedelta(seconds=used)
    shop.change(Access, expires_at=utc_now() - ago + timedelta(seconds=2 * HOUR))
    refund(shop, shop.sales()[nth].id)
    [access] = shop.accesses()
    found = (access.expires_at - utc_now()).total_seconds()
    assert abs(max(0, found) - left) < 30
    assert access.wanted == ("enabled" if left else "absent")


# How much one purchase is, what the counters say of it, and the columns of both.
COUNTED = {
    "connected": (TIME | {"duration_from": "connected"}, HOUR, "duration_seconds", "seconds"),
    "data": (DATA, 100 * MB, "data_limit", "bytes"),
}


# A user's own counters may grow at logout only: the session under way stands apart of them then.
STANDS_IN = {"the user's counters": ("seen", False), "the session under way": ("session", True)}


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("place", STANDS_IN)
@pytest.mark.parametrize(("nth", "parts_left"), [(0, 1.0), (1, 0.4)])
def test_what_the_router_counts_is_used_of_the_older_first(
    shop: Shop, name: str, place: str, nth: int, parts_left: float
) -> None:
    """0.6 of the first were used: the second, untouched, is all there when the first goes."""
    plan, size, column, kind = COUNTED[name]
    set_plan(shop, **plan)
    shop.buy()
    extend(shop, shop.accesses()[0].id)
    counter, apart = STANDS_IN[place]
    counted = {f"used_{kind}": size // 10, f"{counter}_{kind}": size // 2}
    shop.change(Access, **counted, sessions_apart=apart)
    refund(shop, shop.sales()[nth].id)
    [access] = shop.accesses()
    used = size // 10 + size // 2
    assert getattr(access, column) - used == int(parts_left * size)
    assert access.wanted == access.actual == "enabled"


def test_what_was_used_beyond_the_limit_is_not_charged_to_what_is_added(shop: Shop) -> None:
    set_plan(shop, **DATA)
    shop.buy()
    [access] = shop.accesses()
    shop.change(Access, used_bytes=130 * MB)
    extend(shop, access.id)
    [access] = shop.accesses()
    assert access.data_limit == 230 * MB


def test_a_refused_refund_puts_back_just_what_it_took(shop: Shop) -> None:
    set_plan(shop, **DATA)
    shop.buy()
    extend(shop, shop.accesses()[0].id)
    shop.change(Access, used_bytes=30 * MB)
    shop.gateway.advance(31 * DAY)
    first = shop.sales()[0].id
    with pytest.raises(RefundRefused):
        refund(shop, first)
    [access] = shop.accesses()
    assert (access.data_limit, access.wanted) == (200 * MB, "enabled")
    assert {sale.taken_data for sale in shop.sales()} == {None}
