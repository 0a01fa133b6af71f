"""Test `extiende`: adding to an access over the API, by its code or by a sale's reference."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.core.database import reading, writing
from portal.models import Access, Plan, Router, WrongCode, utc_now
from tests.support.shop import OpenShop, Shop

HOUR = 3600
OTHER_MAC, OTHER_IP = "02:00:00:00:00:01", "192.168.88.101"
NOTHING = "No hay un acceso activo con ese código. Revise el código y su contraseña"


def bought(shop: Shop, **changes: Any) -> Any:
    """An hour, delivered; the answer."""
    shop.change(Plan, duration_seconds=HOUR, duration_from="purchase")
    answer = shop.buy(**changes)
    assert answer.status_code == 200, answer.json
    return answer.json


def add(shop: Shop, key: str | None = None, **changes: Any) -> TestResponse:
    """Somebody else, from another phone, buys more for it."""
    shop.router.join(OTHER_MAC, OTHER_IP)
    stranger = {"mac_cliente": OTHER_MAC, "ip_cliente": OTHER_IP, "email_cliente": "x@example.com"}
    return shop.buy(key, **stranger | changes)


def named(shop: Shop, answer: Any, how: str) -> dict[str, Any]:
    """The same access named in one of the ways there are."""
    user = answer["usuario_hotspot"]
    return {
        "code": {"extiende": user["usuario"], "contrasena": user["contrasena"]},
        "code in small letters": {
            "extiende": user["usuario"].lower(),
            "contrasena": user["contrasena"],
        },
        "PIN": {"extiende": user["usuario"]},
        "reference": {"extiende": answer["referencia"]},
        "reference and password": {
            "extiende": answer["referencia"],
            "contrasena": user["contrasena"],
        },
    }[how]


# How it is named, what kind of code it has, and whether that proves the code.
WAYS = {
    "code": ("usuario_contrasena", True),
    "code in small letters": ("usuario_contrasena", True),
    "PIN": ("pin", True),
    "reference": ("usuario_contrasena", False),
    "reference and password": ("usuario_contrasena", True),
}


@pytest.mark.parametrize("how", WAYS)
def test_time_is_added_and_the_code_told_to_whoever_proved_it(shop: Shop, how: str) -> None:
    kind, proves = WAYS[how]
    first = bought(shop, tipo_usuario=kind, conexion_automatica=True)
    values = named(shop, first, how) | {"conexion_automatica": True}
    [before] = shop.accesses()
    answer = add(shop, "more", **values)
    assert answer.status_code == 200, answer.json
    [after] = shop.accesses()
    assert after.expires_at - before.expires_at == timedelta(seconds=HOUR)
    assert answer.json["usuario_hotspot"] == (first["usuario_hotspot"] if proves else None)
    online = {row["mac-address"] for row in shop.router.active}
    assert (OTHER_MAC in online) is proves
    secret = first["usuario_hotspot"]["contrasena"]
    assert (secret in answer.text) is proves
    assert secret not in shop.status(answer.json["referencia"]).text
    again = add(shop, "more", **values)
    assert again.json == answer.json


def test_a_stranger_s_gift_ends_no_session(shop: Shop) -> None:
    first = bought(shop, conexion_automatica=True)
    before = shop.router.active
    assert add(shop, extiende=first["referencia"], conexion_automatica=True).status_code == 200
    assert shop.router.active == before


WRONG = {
    "no such code": lambda first: {"extiende": "ZZZZZZ", "contrasena": "0000"},
    "wrong password": lambda first: {
        "extiende": first["usuario_hotspot"]["usuario"],
        "contrasena": "wrong",
    },
    "no password": lambda first: {"extiende": first["usuario_hotspot"]["usuario"]},
    "no such reference": lambda first: {"extiende": "sal_" + "0" * 32},
    "reference, wrong password": lambda first: {
        "extiende": first["referencia"],
        "contrasena": "wrong",
    },
    "the gateway's id": lambda first: {"extiende": first["id_transaccion"]},
    "part of a reference": lambda first: {"extiende": first["referencia"][:20]},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_422_before_anything_is_touched(shop: Shop, name: str) -> None:
    first = bought(shop)
    shop.gateway.reset_figures()
    answer = add(shop, **WRONG[name](first))
    assert answer.status_code == 422
    assert answer.json["detail"].startswith(NOTHING)
    assert list(answer.json["errores"]) == ["extiende"]
    assert not shop.gateway.calls()
    assert len(shop.sales()) == 1


def test_an_access_that_is_over_is_answered_like_a_wrong_code(shop: Shop) -> None:
    first = bought(shop)
    for over in ({"expires_at": utc_now()}, {"wanted": "absent"}):
        shop.change(Access, **over)
        answer = add(shop, **named(shop, first, "code"))
        assert answer.status_code == 422
        assert answer.json["detail"].startswith(NOTHING)
    assert len(shop.sales()) == 1


def test_what_was_added_before_the_end_is_answered_after_it(shop: Shop) -> None:
    first = bought(shop)
    values = named(shop, first, "code")
    assert add(shop, key="more", **values).status_code == 200
    shop.change(Access, expires_at=utc_now())
    assert add(shop, key="more", **values).status_code == 200
    assert add(shop, key="other", **values).status_code == 422
    assert len(shop.sales()) == 2


def test_what_cannot_be_added_is_409_before_any_charge(shop: Shop) -> None:
    first = bought(shop)
    shop.change(Plan, profile_name="premium")
    shop.gateway.reset_figures()
    answer = add(shop, **named(shop, first, "code"))
    assert answer.status_code == 409
    assert "no se puede sumar" in answer.json["detail"]
    assert "No se realizó ningún cargo" in answer.json["detail"]
    assert not shop.gateway.calls()


def test_another_router_s_code_is_nobody_s(shop: Shop) -> None:
    first = bought(shop)
    shop.change(Access, router_id=_another_router(shop))
    assert add(shop, **named(shop, first, "code")).status_code == 422


def _another_router(shop: Shop) -> str:
    with shop.app.app_context(), writing() as session:
        router = Router(company_id=shop.company_id, name="Otro", host="127.0.0.1", username="x")
        session.add(router)
        session.flush()
        router_id: str = router.id
    return router_id


def test_wrong_codes_are_counted_whatever_device_is_claimed(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(code_tries=3, code_wait_first=60.0)
    first = bought(shop)
    for number in range(3):
        mac = f"02:00:00:00:01:{number:02X}"
        assert add(shop, extiende="ZZZZZZ", mac_cliente=mac).status_code == 422
    waits = add(shop, extiende="YYYYYY", mac_cliente="02:00:00:00:01:99")
    assert waits.status_code == 429
    assert int(waits.headers["Retry-After"]) > 0
    assert len(shop.sales()) == 1
    # But who has a good one is heard: all customers of a WiFi may share one address.
    assert add(shop, **named(shop, first, "code")).status_code == 200


def test_a_good_code_is_no_wrong_try(shop: Shop) -> None:
    first = bought(shop)
    assert add(shop, **named(shop, first, "code")).status_code == 200
    with shop.app.app_context(), reading() as session:
        assert not session.scalars(sa.select(WrongCode)).all()


def test_a_claimed_device_is_not_kept_from_entering_its_own_code(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(code_tries=3, code_wait_first=60.0)
    first = bought(shop)
    user = first["usuario_hotspot"]
    for _ in range(4):
        add(shop, extiende="ZZZZZZ", mac_cliente="AA:BB:CC:DD:EE:FF", ip_cliente="192.168.88.100")
    body = {
        "username": user["usuario"],
        "password": user["contrasena"],
        "current_mac": "AA:BB:CC:DD:EE:FF",
    }
    assert shop.call("/api/v1/hotspot/auto-reconnect", body).json["estado"] == "activo"
