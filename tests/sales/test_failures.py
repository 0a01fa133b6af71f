"""Test what the customer is told, what is charged and what is on the router when things break."""

from __future__ import annotations

import pytest

from tests.support.lost_answers import losing
from tests.support.shop import MAC, OpenShop, Shop

NO_CHARGE = "No se pudo crear el acceso a Internet. No se realizó ningún cargo."
ROUTER_AWAY = (
    "Su pago fue recibido; su acceso se activa en cuanto el router responda. No pague otra vez."
)
ADD = "/ip/hotspot/user/add"
SET = "/ip/hotspot/user/set"


def nobody_is_left(shop: Shop) -> bool:
    return not [user for user in shop.router.users.values() if "portal:" in user.get("comment", "")]


def test_a_router_that_is_off(shop: Shop) -> None:
    shop.router.go_down()
    answer = shop.buy()
    assert (answer.status_code, answer.json["detail"]) == (500, NO_CHARGE)
    assert shop.gateway.calls()["charge"] == 0
    [sale] = shop.sales()
    assert sale.state == "canceled"
    assert [order["payment_status"] for order in shop.gateway.orders()] == ["canceled"]


@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
def test_a_router_cut_off_while_it_makes_the_user(shop: Shop, fault: str) -> None:
    """As by a NAT that has forgotten an idle line: whether it was made or not, it is sold once."""
    getattr(shop.router.faults, fault)(ADD)
    assert shop.buy().status_code == 200
    [sale] = shop.sales()
    assert (sale.state, len(shop.router.users)) == ("delivered", 1)
    assert shop.gateway.calls()["charge"] == 1


def test_a_router_cut_off_each_time_it_made_the_user(shop: Shop) -> None:
    shop.router.faults.cut_after(ADD, times=2)
    assert shop.buy().status_code == 500
    shop.reconcile()
    assert nobody_is_left(shop)
    assert shop.gateway.calls()["charge"] == 0


def test_a_router_not_reached_again_may_have_made_the_user(shop: Shop) -> None:
    assert shop.buy("key-1").status_code == 200
    there = list(shop.router.users)
    shop.router.faults.cut_after(ADD)
    shop.router.faults.too_many_sessions(times=None)
    assert shop.buy("key-2").status_code == 500
    shop.router.faults.clear()
    shop.reconcile()
    assert list(shop.router.users) == there


def test_a_plan_whose_profile_is_gone(shop: Shop) -> None:
    shop.router.execute("/ip/hotspot/user/profile/remove", **{".id": _profile(shop, "1hora")})
    answer = shop.buy()
    assert (answer.status_code, answer.json["detail"]) == (500, NO_CHARGE)
    [alert] = shop.alerts()
    assert alert.kind == "profile_missing"


def _profile(shop: Shop, name: str) -> str:
    rows = shop.router.rows("/ip/hotspot/user/profile")
    return next(row[".id"] for row in rows if row["name"] == name)


def test_a_router_that_goes_away_after_the_money_came(shop: Shop) -> None:
    shop.router.faults.cut_before(SET, times=None)
    answer = shop.buy("key-1")
    assert answer.status_code == 202
    assert answer.json["estado_pago"] == "paid"
    assert answer.json["mensaje"] == ROUTER_AWAY
    assert "usuario_hotspot" not in answer.json
    shop.router.faults.clear()
    shop.reconcile()
    again = shop.buy("key-1")
    assert again.status_code == 200
    user = again.json["usuario_hotspot"]["usuario"]
    assert shop.router.users[user].get("disabled", "false") == "false"
    assert shop.gateway.calls()["charge"] == 1


def test_a_user_that_somebody_removed_meanwhile_is_made_again(shop: Shop) -> None:
    shop.router.faults.cut_before(SET, times=None)
    reference = shop.buy().json["referencia"]
    shop.router.faults.clear()
    for row in shop.router.rows("/ip/hotspot/user"):
        if row.get("comment", "").startswith("portal:"):
            shop.router.execute("/ip/hotspot/user/remove", **{".id": row[".id"]})
    shop.reconcile()
    body = shop.status(reference).json
    assert body["usuario_hotspot"]["usuario"] in shop.router.users


@pytest.mark.parametrize("action", ["hang", "cut", "garbage", "status", "truncate"])
def test_a_lost_answer_of_a_charge_that_went_through(shop: Shop, action: str) -> None:
    with losing(shop, action, "charge", executed=True):
        answer = shop.buy("key-1")
    assert answer.status_code in (200, 202)
    if answer.status_code == 202:
        shop.reconcile()
    assert shop.buy("key-1").status_code == 200
    assert shop.charged() == 2000
    assert shop.gateway.calls()["charge"] == 1


@pytest.mark.parametrize("action", ["hang", "cut", "garbage", "status"])
def test_a_lost_charge_is_never_charged_again(shop: Shop, action: str) -> None:
    with losing(shop, action, "charge"):
        answer = shop.buy("key-1")
    assert answer.status_code == 202
    assert answer.json["estado_pago"] == "pending"
    assert shop.buy("key-2").status_code == 409
    shop.reconcile()
    [sale] = shop.sales()
    assert sale.state == "charging"
    assert shop.charged() == 0


def test_a_charge_that_never_arrived_is_closed_when_its_token_is_dead(shop: Shop) -> None:
    shop.gateway.fail("cut", "charge")
    assert shop.buy("key-1").status_code == 202
    shop.app.extensions["settings"].__dict__["card_token_minutes"] = 0
    shop.reconcile()
    [sale] = shop.sales()
    assert (sale.state, sale.cancel_reason) == ("canceled", "expired")
    assert nobody_is_left(shop)
    [order] = shop.gateway.orders()
    assert order["payment_status"] == "canceled"
    assert shop.buy("key-2").status_code == 200


@pytest.mark.parametrize("action", ["hang", "cut", "garbage", "status"])
def test_an_order_that_cannot_be_opened(shop: Shop, action: str) -> None:
    with losing(shop, action, "open_order", executed=True, times=None):
        answer = shop.buy()
    assert answer.status_code == 503
    shop.gateway.heal()
    shop.reconcile()
    assert nobody_is_left(shop)
    assert shop.gateway.calls()["charge"] == 0
    assert {order.get("payment_status") for order in shop.gateway.orders()} == {"canceled"}


def test_a_refused_key(shop: Shop) -> None:
    shop.gateway.refuse("key_planted1Private2Key3xyz")
    answer = shop.buy()
    assert answer.status_code == 503
    assert "El pago no está disponible en este momento" in answer.json["detail"]
    assert nobody_is_left(shop)
    [alert] = shop.alerts()
    assert alert.kind == "key_refused"


def test_an_unknown_token_is_refused_in_the_gateway_s_words(shop: Shop) -> None:
    answer = shop.buy(token_tarjeta="tok_nobody_knows")
    assert answer.status_code == 402
    assert answer.json["detail"]
    assert nobody_is_left(shop)


def test_a_company_without_keys_is_told_before_anything_happens(shop: Shop) -> None:
    from portal.models import GatewayAccount

    shop.change(GatewayAccount, private_key_sealed=None)
    assert shop.buy().status_code == 503
    assert not shop.sales()
    assert not shop.router.commands


def test_3ds_is_passed_on_and_delivered_afterwards(shop: Shop) -> None:
    shop.gateway.behave(force_three_ds=True)
    answer = shop.buy("key-1")
    assert answer.status_code == 202
    assert answer.json["accion_requerida"]["tipo"] == "redireccion"
    assert answer.json["consulta"] == f"/api/v1/payments/{answer.json['referencia']}"
    shop.gateway.challenge(answer.json["id_transaccion"], passed=True)
    shop.reconcile()
    assert shop.status(answer.json["referencia"]).json["estado_pago"] == "paid"
    assert shop.buy("key-1").status_code == 200


def test_3ds_that_failed_closes_the_access(shop: Shop) -> None:
    shop.gateway.behave(force_three_ds=True)
    bought = shop.buy().json
    shop.gateway.challenge(bought["id_transaccion"], passed=False)
    shop.reconcile()
    assert shop.status(bought["referencia"]).json["estado_pago"] == "declined"
    assert nobody_is_left(shop)


def test_a_stale_session_of_another_user_of_that_device_does_not_matter(shop: Shop) -> None:
    first = shop.buy(conexion_automatica=True).json
    second = shop.buy(conexion_automatica=True).json
    assert first["auto_conexion"]["estado"] == "conectado"
    assert second["success"]
    assert {row["mac-address"] for row in shop.router.active} == {MAC}


def test_a_refused_key_is_no_decline_in_either_form(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(conekta_charge="in_order")
    shop.gateway.refuse("key_planted1Private2Key3xyz")
    assert shop.buy("key-1").status_code == 503
    assert nobody_is_left(shop)
    shop.gateway.accept("key_planted1Private2Key3xyz")
    assert shop.buy("key-1").status_code == 200


@pytest.mark.parametrize("token", ["tok_test_visa_4242", "tok_test_card_declined"])
def test_the_charge_inside_the_order(open_a_shop: OpenShop, token: str) -> None:
    shop = open_a_shop(conekta_charge="in_order")
    answer = shop.buy("key-1", token_tarjeta=token)
    assert answer.status_code == (200 if token == "tok_test_visa_4242" else 402)
    assert shop.buy("key-1", token_tarjeta=token).json == answer.json
    assert shop.gateway.calls()["order_with_charge"] == 1


@pytest.mark.parametrize("action", ["hang", "cut", "garbage", "status"])
def test_a_lost_order_with_its_charge_is_found_in_the_list(
    open_a_shop: OpenShop, action: str
) -> None:
    shop = open_a_shop(conekta_charge="in_order")
    with losing(shop, action, "order_with_charge", executed=True):
        assert shop.buy("key-1").status_code in (200, 202)
    shop.reconcile()
    assert shop.buy("key-1").status_code == 200
    assert shop.charged() == 2000
