"""Test a purchase over HTTP, with the router and the gateway at the other end of real wires."""

from __future__ import annotations

import re

from tests.support.shop import IP, MAC, Shop


def test_the_seed_s_purchase_with_user_and_password(shop: Shop) -> None:
    answer = shop.buy()
    assert answer.status_code == 200, answer.json
    body = answer.json
    user = body.pop("usuario_hotspot")
    assert re.fullmatch(r"[A-HJ-NP-Z2-9]{6}", user["usuario"])
    assert re.fullmatch(r"\d{4}", user["contrasena"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", body.pop("timestamp"))
    [order] = shop.gateway.orders()
    [sale] = shop.sales()
    assert body == {
        "success": True,
        "id_transaccion": order["id"],
        "referencia": sale.id,
        "estado_pago": "paid",
        "tipo_usuario": "usuario_contrasena",
        "producto": {
            "nombre": "1 Hora de Internet",
            "precio": 20.0,
            "moneda": "MXN",
            "perfil_mikrotik": "1hora",
        },
        "cliente": {"nombre": "María García", "email": "maria@example.com"},
        "auto_conexion": {
            "estado": "no_conectado",
            "mac": MAC,
            "ip": IP,
            "mensaje": "Favor de ingresar sus credenciales para conectar a Internet",
            "verificado": False,
        },
    }
    made = shop.router.users[user["usuario"]]
    assert (made["profile"], made.get("disabled", "false")) == ("1hora", "false")
    assert shop.history(sale.id) == ["opened", "prepared", "charging", "paid", "delivered"]


def test_a_pin(shop: Shop) -> None:
    body = shop.buy(tipo_usuario="pin").json
    assert re.fullmatch(r"\d{6}", body["usuario_hotspot"]["usuario"])
    assert body["usuario_hotspot"]["usuario"] == body["usuario_hotspot"]["contrasena"]


def test_automatic_connection(shop: Shop) -> None:
    body = shop.buy(conexion_automatica=True).json
    [session] = shop.router.active
    assert session["mac-address"] == MAC
    assert body["auto_conexion"] == {
        "estado": "conectado",
        "mac": MAC,
        "ip": IP,
        "mensaje": "¡Conexión establecida con éxito! Disfrute de Internet sin límites",
        "verificado": True,
        "session_id": session[".id"],
    }


def test_a_device_that_is_not_on_the_network_gets_its_credentials(shop: Shop) -> None:
    body = shop.buy(conexion_automatica=True, mac_cliente="02:00:00:00:00:01").json
    assert body["success"]
    assert body["auto_conexion"]["estado"] == "no_conectado"
    assert "Use las credenciales" in body["auto_conexion"]["mensaje"]


def test_a_declined_card_leaves_nothing_on_the_router(shop: Shop) -> None:
    answer = shop.buy(token_tarjeta="tok_test_card_declined")
    assert answer.status_code == 402
    assert answer.json["detail"]
    assert shop.router.users == {}
    [sale] = shop.sales()
    assert shop.history(sale.id) == ["opened", "prepared", "charging", "canceling", "canceled"]
    assert shop.charged() == 0


def test_how_it_stands_can_be_asked_by_either_id(shop: Shop) -> None:
    bought = shop.buy().json
    for reference in (bought["referencia"], bought["id_transaccion"]):
        assert shop.status(reference).json == bought
    assert shop.status("sal_unknown").status_code == 404
