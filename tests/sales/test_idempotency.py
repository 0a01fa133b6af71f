"""Prove P1: one purchase leads to at most one charge, however often it is asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from portal.models import Access, GatewayAccount, Plan
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from tests.support.lost_answers import LITTLE_TIME
from tests.support.patience import PATIENCE
from tests.support.shop import OpenShop, Shop


def test_the_same_key_and_body_answer_the_same_sale(shop: Shop) -> None:
    first, again = shop.buy("key-1"), shop.buy("key-1")
    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    assert shop.gateway.calls()["charge"] == 1


def test_the_same_key_with_another_body_is_refused(shop: Shop) -> None:
    shop.buy("key-1")
    answer = shop.buy("key-1", nombre_cliente="Otra Persona")
    assert answer.status_code == 422
    assert shop.gateway.calls()["charge"] == 1


def test_a_minted_token_is_the_key_where_none_is_sent(shop: Shop) -> None:
    token = shop.gateway.mint(key="key_planted1Private2Key3xyz")
    first, again = shop.buy(token_tarjeta=token), shop.buy(token_tarjeta=token)
    assert first.json == again.json
    assert shop.gateway.calls()["charge"] == 1


def test_a_published_test_token_buys_again_and_again(shop: Shop) -> None:
    first, second = shop.buy(), shop.buy()
    assert first.json["referencia"] != second.json["referencia"]
    assert shop.charged() == 4000


def test_a_decline_is_answered_again_without_asking_again(shop: Shop) -> None:
    first = shop.buy("key-1", token_tarjeta="tok_test_card_declined")
    again = shop.buy("key-1", token_tarjeta="tok_test_card_declined")
    assert first.status_code == again.status_code == 402
    assert first.json == again.json
    assert shop.gateway.calls()["charge"] == 1


@pytest.mark.parametrize("change", ["plan", "gateway", "declines"])
def test_what_was_paid_is_never_denied_whatever_has_changed_since(shop: Shop, change: str) -> None:
    first = shop.buy("key-1")
    if change == "plan":
        shop.change(Plan, active=False)
    elif change == "gateway":
        shop.change(GatewayAccount, private_key_sealed=None)
    else:
        for _ in range(5):
            shop.buy(token_tarjeta="tok_test_card_declined")
    again = shop.buy("key-1")
    assert (again.status_code, again.json) == (200, first.json)
    assert shop.buy("key-1", nombre_cliente="Otra Persona").status_code == 422
    assert shop.buy("key-2").status_code == {"plan": 404, "gateway": 503, "declines": 429}[change]


def test_an_extension_is_answered_again_after_all_is_over(shop: Shop) -> None:
    shop.change(Plan, duration_seconds=3600, duration_from="purchase")
    shop.buy()
    [access] = shop.accesses()
    more = PurchaseRequest(**shop.extension(access.id, idempotency_key="key-1"))
    with shop.app.test_request_context():
        extended = buy(more).sale
    shop.change(Access, wanted="absent", actual="absent")
    with shop.app.test_request_context():
        assert buy(more).sale.id == extended.id


@pytest.mark.each_database
def test_a_double_click_charges_once_and_both_clicks_get_the_credentials(shop: Shop) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop.buy("key-1"), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["referencia"] for answer in answers}) == 1
    assert shop.gateway.calls()["charge"] == 1


@pytest.mark.each_database
def test_a_device_pays_one_thing_at_a_time(shop: Shop) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: shop.buy(f"key-{n}"), range(6)))
    statuses = sorted(answer.status_code for answer in answers)
    assert set(statuses) <= {200, 409}
    assert shop.gateway.calls()["charge"] == statuses.count(200)
    refused = [answer.json for answer in answers if answer.status_code == 409]
    assert all(list(body) == ["detail"] for body in refused)


def test_a_repeat_that_waits_too_long_is_told_to_wait(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.gateway.fail("hang", "charge", executed=True)
    found = shop.app.extensions
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(shop.buy, "key-1")
        assert shop.gateway.wait_for("charge", timeout=PATIENCE)
        with monkeypatch.context() as patch:
            hurried = replace(found["settings"], sale_deadline=LITTLE_TIME)
            patch.setitem(found, "settings", hurried)
            assert shop.buy("key-1").status_code == 202
        shop.gateway.heal()
    assert first.result().status_code == 200
    assert shop.gateway.calls()["charge"] == 1


def test_a_purchase_that_failed_before_the_charge_may_be_tried_again(
    open_a_shop: OpenShop,
) -> None:
    shop = open_a_shop(router_breaker_seconds=0.0)
    shop.router.go_down()
    assert shop.buy("key-1").status_code == 500
    shop.router.come_up()
    shop.make_due()
    answer = shop.buy("key-1")
    assert answer.status_code == 200
    assert shop.gateway.calls()["charge"] == 1
