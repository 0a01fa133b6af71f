"""Prove that somebody who tries cards out has to wait, and the operator hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.core.database import reading, writing
from portal.core.extensions import db
from portal.models import Sale
from portal.sales.card_testing import recent_declines
from portal.sales.request import PurchaseRequest, decline_values
from tests.support.databases.queries import recorded_queries
from tests.support.shop import OpenShop, Shop, asking_from

DECLINED, UNKNOWN = "tok_test_card_declined", "tok_nobody_knows_{}"


FEW: dict[str, Any] = {"device_declines": 1, "address_declines": 2}


def decline(shop: Shop, times: int, mac: str | None = None, address: str = "127.0.0.1") -> None:
    for _ in range(times):
        values = {"mac_cliente": mac} if mac else {}
        with asking_from(shop, address):
            assert shop.buy(token_tarjeta=DECLINED, **values).status_code == 402


def made_to_wait(answer: TestResponse) -> int:
    assert answer.status_code == 429, answer.text
    assert list(answer.json) == ["detail"]
    assert "No se realizó ningún cargo." in answer.json["detail"]
    return int(answer.headers["Retry-After"])


def grow_old(shop: Shop, **ago: float) -> None:
    with shop.app.app_context(), writing() as session:
        for sale in session.scalars(sa.select(Sale)):
            sale.created_at -= timedelta(**ago)


def test_after_five_declines_a_device_waits_and_nobody_is_asked(shop: Shop) -> None:
    decline(shop, 5)
    shop.router.forget_commands()
    calls = shop.gateway.calls()
    assert 590 <= made_to_wait(shop.buy()) <= 600
    assert shop.gateway.calls() == calls
    assert not shop.router.commands
    assert len(shop.sales()) == 5


def test_other_devices_do_not(shop: Shop) -> None:
    decline(shop, 5)
    assert shop.buy(mac_cliente="02:00:00:00:00:01").status_code == 200


def test_tokens_that_nobody_knows_count_for_the_device(shop: Shop) -> None:
    for number in range(5):
        assert shop.buy(token_tarjeta=UNKNOWN.format(number)).status_code == 402
    made_to_wait(shop.buy())


def test_the_wait_ends(shop: Shop) -> None:
    decline(shop, 1)
    grow_old(shop, minutes=4)
    decline(shop, 4)
    assert 350 <= made_to_wait(shop.buy()) <= 360
    grow_old(shop, minutes=6)
    assert shop.buy().status_code == 200


def test_what_was_paid_is_answered_all_the_same(shop: Shop) -> None:
    paid = shop.buy("key-1")
    decline(shop, 5)
    again = shop.buy("key-1")
    assert (again.status_code, again.json) == (200, paid.json)
    made_to_wait(shop.buy("key-2"))


def test_the_operator_hears_of_many_on_a_router(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(router_declines_alert=3, router_declines=5, **FEW)
    for number in range(5):
        assert [alert.kind for alert in shop.alerts()] == (["card_testing"] if number > 2 else [])
        decline(shop, 1, f"02:00:00:00:00:0{number}", f"198.51.100.{number}")
    [alert] = shop.alerts()
    assert (alert.subject, alert.times) == (shop.router_id, 3)
    assert alert.message.startswith("5 tarjetas rechazadas en 10 minutos")
    assert 590 <= made_to_wait(shop.buy(mac_cliente="02:00:00:00:00:99")) <= 600


def test_made_up_tokens_do_not_stop_a_router(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(router_declines_alert=2, router_declines=3, **FEW)
    for number in range(4):
        mac = f"02:00:00:00:00:0{number}"
        with asking_from(shop, f"198.51.100.{number}"):
            shop.buy(token_tarjeta=UNKNOWN.format(number), mac_cliente=mac)
    assert shop.alerts() == []
    assert shop.buy().status_code == 200


def test_an_address_that_many_devices_share_waits_after_many_declines(
    open_a_shop: OpenShop,
) -> None:
    shop = open_a_shop(**FEW)
    assert shop.buy().status_code == 200
    for number in range(2):
        decline(shop, 1, f"02:00:00:00:00:0{number}")
    assert 590 <= made_to_wait(shop.buy(mac_cliente="02:00:00:00:00:09")) <= 600
    grow_old(shop, minutes=11)
    assert shop.buy(mac_cliente="02:00:00:00:00:09").status_code == 200


def test_made_up_tokens_make_an_address_wait(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(**FEW)
    for number in range(2):
        mac = f"02:00:00:00:00:0{number}"
        assert shop.buy(token_tarjeta=UNKNOWN.format(number), mac_cliente=mac).status_code == 402
    assert 590 <= made_to_wait(shop.buy()) <= 600
    with asking_from(shop, "198.51.100.9"):
        assert shop.buy().status_code == 200


def test_nobody_waits_where_the_settings_are_zero(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(device_declines=0, address_declines=0, router_declines=0)
    decline(shop, 6)
    assert shop.buy().status_code == 200


def test_no_query_more_is_asked_of_a_good_sale(shop: Shop) -> None:
    shop.buy()
    with recorded_queries(shop.app) as queries:
        shop.buy()
    about_declines = [query for query in queries if "cancel_reason IN" in query]
    assert len(about_declines) == 1
    assert "gateway_account" in about_declines[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_declines_are_found_by_their_index(shop: Shop) -> None:
    order = PurchaseRequest(
        company_id=shop.company_id,
        router_id=shop.router_id,
        plan_id=shop.plan_id,
        card_token="tok",
        customer_name="M",
        customer_email="m@example.com",
    )
    with shop.app.app_context(), reading() as session:
        query = sa.select(recent_declines()).compile(db.engine)
        values = query.params | decline_values(order)
        steps = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {query}", tuple(values[name] for name in query.positiontup)
        )
        told = str(steps.all())
        assert "ix_sale_declined " in told
        assert "ix_sale_declined_address " in told
