"""Test what a router's API does where it is served by RADIUS and has both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.alerts.router_watch import watch_router
from portal.core.database import reading
from portal.hotspot.setup import State
from portal.models import Plan, Router
from portal.operators.online.listing import on_router
from portal.operators.router_kit.radius_points import HEARS, LOGIN, REPORTS, radius_points
from portal.sales.operator_refund import refund_sale
from tests.support.databases.admin import Databases
from tests.support.databases.migrated import copy_postgresql
from tests.support.radius.shop import HOUR, RadiusShop, open_radius_shop
from tests.support.shop import IP, MAC, SECRETS


@pytest.fixture(scope="module")
def shop(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RadiusShop]:
    url = copy_postgresql(postgres, SECRETS)
    folder = tmp_path_factory.mktemp("shop")
    with open_radius_shop(folder, url, keeps_api=True) as shop:
        shop.change(Plan, **HOUR)
        yield shop
    postgres.drop_database(url)


def points(shop: RadiusShop) -> dict[str, State]:
    with shop.app.app_context(), reading() as session:
        router = session.get_one(Router, shop.router_id)
    with shop.app.app_context():
        return {found.name: found.state for found in radius_points(router)}


def test_a_check_says_what_was_heard_and_whether_it_hears(shop: RadiusShop) -> None:
    before = points(shop)
    assert before == {REPORTS: State.MISSING, LOGIN: State.ADVICE, HEARS: State.OK}
    sold = shop.buy(conexion_automatica=True)
    assert sold.json["auto_conexion"]["estado"] == "conectado", sold.json
    shop.router.accounted()
    assert set(points(shop).values()) == {State.OK}
    port = shop.router.incoming_port
    shop.change(Router, coa_port=9)
    assert points(shop)[HEARS] is State.ADVICE
    shop.change(Router, coa_port=port)


def test_who_is_online_is_shown_with_the_access(shop: RadiusShop) -> None:
    with shop.app.app_context():
        [device] = on_router(shop.company_id, shop.router_id, 10, 0).rows
    assert device.access is not None
    assert (device.access.id, device.online.mac) == (shop.access().id, MAC)


def test_what_is_not_heard_is_done_by_the_api(shop: RadiusShop) -> None:
    shop.change(Router, coa_port=9)
    with shop.app.app_context():
        refund_sale(shop.sales()[-1].id, "no navega")
    shop.finish(shop.router)
    assert (shop.access().actual, shop.router.active) == ("absent", [])


def test_a_router_is_away_when_its_reports_are_missing(shop: RadiusShop) -> None:
    shop.change(Router, host=None, coa_port=shop.router.incoming_port)
    shop.let_in(shop.buy().json["usuario_hotspot"], IP)
    with shop.app.app_context():
        assert not watch_router(shop.router_id).away
        shop.silence(1000)
        assert watch_router(shop.router_id).away
