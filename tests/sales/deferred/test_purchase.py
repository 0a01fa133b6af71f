"""Test purchases by deferred payment, from the reference to the access."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from portal.alerts.undecided_sales import tell_of_undecided_sales
from portal.models import Sale, utc_now
from portal.models.sale_states import SaleState
from portal.operators.takings.attention import look
from tests.sales.deferred.buying import ask, hear, ours_on_router, take_all
from tests.support.shop import Shop

DEFERRED = ("spei", "efectivo")
OTHER = "02:00:00:00:00:02"


@pytest.fixture(autouse=True)
def _takes_all(shop: Shop) -> None:
    take_all(shop)


def is_told(action: Any, method: str) -> None:
    assert (action["tipo"], action["monto"]) == (method, "20.00")
    assert datetime.fromisoformat(action["vence"]) > utc_now() + timedelta(hours=23)
    if method == "spei":
        assert len(action["clabe"]) == 18
        return
    references = action["referencias"]
    assert references
    assert all(each["red"] and each["referencia"] for each in references)


@pytest.mark.parametrize("method", DEFERRED)
def test_the_access_is_made_when_the_money_is_there(shop: Shop, method: str) -> None:
    shop.router.faults.cut_before(times=None)
    answer = ask(shop, method)
    assert (answer.status_code, answer.json["estado_pago"]) == (202, "pending")
    is_told(answer.json["accion_requerida"], method)
    shop.router.faults.clear()
    assert not ours_on_router(shop)
    again = shop.status(answer.json["referencia"]).json
    assert again["accion_requerida"] == answer.json["accion_requerida"]
    assert again["usuario_hotspot"] is None
    shop.gateway.pay(answer.json["id_transaccion"])
    hear(shop, answer.json["id_transaccion"])
    [sale] = shop.sales()
    assert sale.state == SaleState.DELIVERED
    assert len(ours_on_router(shop)) == 1
    paid = shop.status(sale.id).json
    assert (paid["estado_pago"], "accion_requerida" in paid) == ("paid", False)
    assert paid["usuario_hotspot"]["usuario"] in ours_on_router(shop)
    assert shop.alerts() == []


def test_the_same_wish_is_given_the_same_reference(shop: Shop) -> None:
    first, again, keyed = ask(shop, "spei"), ask(shop, "spei"), ask(shop, "spei", "key-1")
    assert again.json == first.json == keyed.json
    assert len(shop.gateway.orders()) == len(shop.sales()) == 1


def test_a_key_answers_its_own_purchase(shop: Shop) -> None:
    first = ask(shop, "spei", "key-1").json
    assert ask(shop, "spei", "key-1").json == first
    assert ask(shop, "efectivo", "key-1").status_code == 422


@pytest.mark.parametrize("other", ["efectivo", "tarjeta"])
def test_who_pays_in_another_way_has_the_first_one_closed(shop: Shop, other: str) -> None:
    first = ask(shop, "spei").json
    answer = shop.buy() if other == "tarjeta" else ask(shop, other)
    assert answer.status_code == (200 if other == "tarjeta" else 202)
    before, after = shop.sales()
    assert (before.state, before.cancel_reason) == (SaleState.CANCELED, "replaced")
    assert before.id == first["referencia"] != after.id
    states = {order["id"]: order["payment_status"] for order in shop.gateway.orders()}
    assert states[first["id_transaccion"]] in ("canceled", "expired")


def test_the_device_is_free_though_the_gateway_does_not_close_it(shop: Shop) -> None:
    first = ask(shop, "spei").json
    shop.gateway.fail("status", "cancel", times=None)
    assert shop.buy().status_code == 200
    assert [sale.state for sale in shop.sales()] == [SaleState.CANCELING, SaleState.DELIVERED]
    shop.gateway.pay(first["id_transaccion"])
    shop.gateway.heal()
    shop.reconcile()
    assert [sale.state for sale in shop.sales()] == [SaleState.DELIVERED] * 2
    assert [alert.kind for alert in shop.alerts()] == ["paid_twice"]
    assert len(ours_on_router(shop)) == 2


def test_who_has_just_paid_is_not_charged_again(shop: Shop) -> None:
    first = ask(shop, "spei").json
    shop.gateway.pay(first["id_transaccion"])
    answer = shop.buy()
    assert (answer.status_code, "referencia" in answer.json) == (409, False)
    [sale] = shop.sales()
    assert sale.state == SaleState.DELIVERED


def test_who_has_just_paid_too_much_is_told_of_once(shop: Shop) -> None:
    first = ask(shop, "spei").json
    shop.gateway.pay(first["id_transaccion"], amount=2500)
    assert shop.buy().status_code == 409
    [sale] = shop.sales()
    assert sale.state == SaleState.DELIVERED
    assert [alert.kind for alert in shop.alerts()] == ["overpaid"]


def test_a_card_that_is_being_decided_still_keeps_the_device(shop: Shop) -> None:
    shop.gateway.behave(force_three_ds=True)
    assert shop.buy().status_code == 202
    shop.gateway.behave(force_three_ds=False)
    assert ask(shop, "spei").status_code == 409
    assert ask(shop, "spei", mac_cliente=OTHER).status_code == 202


def test_it_is_looked_at_rarely_until_its_time_is_over_and_then_closed(shop: Shop) -> None:
    order = ask(shop, "spei").json["id_transaccion"]

    def wait_from(hours: float) -> float:
        began = utc_now() - timedelta(hours=hours)
        shop.change(Sale, created_at=began, charging_at=began)
        shop.reconcile()
        [sale] = shop.sales()
        assert sale.next_attempt_at is not None
        return (sale.next_attempt_at - utc_now()).total_seconds()

    waits = [wait_from(hours) for hours in (0, 1, 23)]
    assert waits == sorted(waits)
    assert 50 < waits[0] < 61
    assert 3500 < waits[2] < 3601
    [sale] = shop.sales()
    assert (sale.state, shop.alerts()) == (SaleState.PENDING, [])
    shop.change(Sale, payable_until=utc_now() - timedelta(hours=2))
    # What the gateway tells of its end is its own: it still takes the money.
    shop.gateway.fail("status", "cancel")
    shop.reconcile()
    assert shop.sales()[0].state == SaleState.PENDING
    shop.reconcile()
    [sale] = shop.sales()
    assert (sale.state, sale.cancel_reason) == (SaleState.CANCELED, "expired")
    assert shop.gateway.order(order)["payment_status"] in ("canceled", "expired")


def test_what_is_not_paid_never_troubles_the_router(shop: Shop) -> None:
    shop.router.faults.cut_before(times=None)
    ask(shop, "spei")
    shop.change(Sale, payable_until=utc_now() - timedelta(hours=2))
    shop.reconcile()
    [sale], [access] = shop.sales(), shop.accesses()
    assert (sale.state, access.actual, access.next_attempt_at) == ("canceled", "absent", None)


def test_late_money_is_found_without_a_notice_and_honoured(shop: Shop) -> None:
    bought = ask(shop, "efectivo").json
    shop.change(Sale, payable_until=utc_now() - timedelta(hours=2))
    shop.gateway.expire(bought["id_transaccion"])
    shop.reconcile()
    [sale] = shop.sales()
    assert (sale.state, sale.next_attempt_at is None) == (SaleState.CANCELED, False)
    shop.gateway.pay(bought["id_transaccion"])
    shop.reconcile()
    assert shop.sales()[0].state == SaleState.DELIVERED
    assert shop.status(bought["referencia"]).json["usuario_hotspot"] is not None


def test_nothing_is_asked_of_it_for_ever(shop: Shop) -> None:
    bought = ask(shop, "spei").json
    shop.gateway.expire(bought["id_transaccion"])
    shop.change(Sale, payable_until=utc_now() - timedelta(days=5))
    shop.reconcile()
    [sale] = shop.sales()
    assert (sale.state, sale.next_attempt_at) == (SaleState.CANCELED, None)


def test_a_request_that_died_before_it_knew_how_leaves_nothing_to_pay(shop: Shop) -> None:
    shop.gateway.fail("cut", "charge", times=None)
    assert ask(shop, "spei").json["estado_pago"] == "pending"
    assert "accion_requerida" not in shop.status(shop.sales()[0].id).json
    shop.gateway.heal()
    shop.change(Sale, charging_at=utc_now() - timedelta(minutes=13))
    shop.reconcile()
    shop.reconcile()
    [sale] = shop.sales()
    assert sale.state == SaleState.CANCELED


@pytest.mark.parametrize(
    ("about", "changes", "status"),
    [
        ({"payment_methods": "card"}, {}, 422),
        ({"cash_minimum": 2001}, {}, 422),
        ({"cash_minimum": 2000}, {}, 202),
        ({"payment_methods": "spei,cash"}, {}, 202),
        ({}, {"pasarela": "mercadopago"}, 422),
        ({}, {"producto_id": 999}, 404),
    ],
)
def test_it_is_sold_as_the_company_wants(
    shop: Shop, about: dict[str, Any], changes: dict[str, Any], status: int
) -> None:
    take_all(shop, **about)
    answer = ask(shop, "efectivo", **changes)
    assert answer.status_code == status
    assert len(shop.sales()) == (status == 202)


def test_who_has_time_to_pay_worries_nobody(shop: Shop) -> None:
    ask(shop, "spei")
    shop.change(Sale, created_at=utc_now() - timedelta(hours=20))

    def worries() -> tuple[list[str], int]:
        with shop.app.app_context():
            tell_of_undecided_sales()
            return [alert.kind for alert in shop.alerts()], len(look(shop.company_id).undecided)

    assert worries() == ([], 0)
    shop.change(Sale, payable_until=utc_now() - timedelta(hours=4))
    assert worries() == (["undecided"], 1)
