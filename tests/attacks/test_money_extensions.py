"""Cheap plans bought on top of others: nobody gets more than each purchase gives by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal.core.database import writing
from portal.models import Access, Plan, utc_now
from tests.attacks.test_limits_codes import take_turns_away
from tests.support.shop import Shop, open_shop

MINUTE, DAY = 60, 86_400
MB, GB = 2**20, 2**30
KEPT = ("profile_name", "duration_seconds", "data_limit", "max_devices", "expires_at", "wanted")


@pytest.fixture
def shop(tmp_path: Path, database_url: str | None) -> Iterator[Shop]:
    with open_shop(tmp_path, database_url, code_tries=3, code_wait_first=60.0) as opened:
        opened.router.add_profile("premium")
        yield opened


@dataclass(frozen=True)
class Row:
    """What somebody has, and what is bought on top of it in the hope for more."""

    has: dict[str, Any]
    adds: dict[str, Any]


def month(**more: Any) -> dict[str, Any]:
    return {"duration_seconds": 30 * DAY, "duration_from": "purchase"} | more


def minutes(**more: Any) -> dict[str, Any]:
    return {"duration_seconds": 5 * MINUTE, "duration_from": "purchase"} | more


ROWS = {
    "5 minutes of premium on 30 days of basic": Row(month(), minutes(profile_name="premium")),
    "50 GB for 5 minutes on 100 MB for 30 days": Row(
        month(data_limit=100 * MB), minutes(data_limit=50 * GB)
    ),
    "100 MB for 30 days on the same": Row(month(data_limit=100 * MB), month(data_limit=100 * MB)),
    "a second device on one": Row(month(max_devices=1), minutes(max_devices=2)),
    "speed": Row(month(speed="5 Mbps"), minutes(speed="100 Mbps")),
    "time without data on data": Row(month(data_limit=100 * MB), minutes()),
    "data on time": Row(month(), {"data_limit": GB}),
    "connected time on a clock": Row(month(), minutes(duration_from="connected")),
    "first use on a clock": Row(month(), minutes(duration_from="first_use")),
    "no limit at all": Row(month(), {}),
}


def offer(shop: Shop, terms: dict[str, Any]) -> int:
    """A plan on sale; its id."""
    with shop.app.app_context(), writing() as session:
        plan = Plan(
            **{
                "company_id": shop.company_id,
                "router_id": shop.router_id,
                "name": f"Plan {utc_now().timestamp()}",
                "amount": 1000,
                "profile_name": "1hora",
            }
            | terms
        )
        session.add(plan)
        session.flush()
        return plan.id


def buy_on_top(shop: Shop, first: Any, plan_id: int, **more: Any) -> Any:
    user = first.json["usuario_hotspot"]
    code = {"extiende": user["usuario"], "contrasena": user["contrasena"]}
    return shop.buy(**code | {"producto_id": plan_id} | more)


@pytest.mark.parametrize("name", ROWS)
def test_mixing_plans_is_refused_before_the_charge(shop: Shop, name: str) -> None:
    row = ROWS[name]
    first = shop.buy(producto_id=offer(shop, row.has))
    assert first.status_code == 200, first.json
    [before] = shop.accesses()
    user = dict(shop.router.users[shop.name_of(before)])
    shop.gateway.reset_figures()
    answer = buy_on_top(shop, first, offer(shop, row.adds))
    assert answer.status_code == 409
    assert "no se puede sumar" in answer.json["detail"]
    assert not shop.gateway.calls()
    shop.reconcile()
    [after] = shop.accesses()
    assert [getattr(after, column) for column in KEPT] == [getattr(before, name) for name in KEPT]
    assert shop.router.users[shop.name_of(after)] == user
    # As a code of its own it can be had.
    assert shop.buy(producto_id=offer(shop, row.adds)).status_code == 200


def guess_by_buying(shop: Shop, code: str, number: int) -> Any:
    """Try a code from a device of its own, with a card that is declined."""
    device = f"02:00:00:00:09:{number:02X}"
    return shop.buy(extiende=code, mac_cliente=device, token_tarjeta="tok_test_card_declined")


def make_the_address_wait(shop: Shop) -> set[tuple[int, str]]:
    """Wrong codes, from the address that all customers of the WiFi share; what was answered."""
    guesses = [guess_by_buying(shop, f"00000{number}", number) for number in range(3)]
    assert guess_by_buying(shop, "000009", 9).status_code == 429
    return {(answer.status_code, answer.json["detail"]) for answer in guesses}


def test_pins_are_not_guessed_by_buying(shop: Shop) -> None:
    """Knows the public key; tries PINs from ever new devices, with a card that is declined."""
    pin = shop.buy(tipo_usuario="pin").json["usuario_hotspot"]["usuario"]
    said = make_the_address_wait(shop)
    assert {status for status, _ in said} == {422}
    assert len(said) == 1
    take_turns_away(shop, 60)
    right, wrong = guess_by_buying(shop, pin, 0x99), guess_by_buying(shop, "000010", 0x98)
    assert (right.status_code, right.json) == (wrong.status_code, wrong.json) == (429, right.json)
    assert len(shop.sales()) == 1


@pytest.mark.parametrize("by", ["code", "reference"])
def test_others_wrong_codes_keep_nobody_from_adding(shop: Shop, by: str) -> None:
    """Somebody in the same WiFi goes on entering wrong codes; who has his own adds to it."""
    plan_id = offer(shop, month())
    first = shop.buy(producto_id=plan_id, tipo_usuario="pin").json
    make_the_address_wait(shop)
    own = first["usuario_hotspot"]["usuario"] if by == "code" else first["referencia"]
    assert shop.buy(extiende=own, producto_id=plan_id).status_code == 200
    # That it was a good one lets nobody go on guessing.
    assert guess_by_buying(shop, "000011", 11).status_code == 429
    [access] = shop.accesses()
    assert access.duration_seconds == 60 * DAY


def test_passwords_are_not_guessed_by_a_reference(shop: Shop) -> None:
    """The reference shows its holder nothing of a code that he did not buy, nor finds it out."""
    first = shop.buy(producto_id=offer(shop, month())).json
    for _ in range(3):
        wrong = shop.buy(extiende=first["referencia"], contrasena="x")
        assert wrong.status_code == 422
    password = first["usuario_hotspot"]["contrasena"]
    take_turns_away(shop, 60)
    assert shop.buy(extiende=first["referencia"], contrasena=password).status_code == 429


def test_a_dead_code_is_answered_as_a_wrong_one(shop: Shop) -> None:
    first = shop.buy()
    plan_id = offer(shop, month())
    shop.change(Access, wanted="absent")
    dead = buy_on_top(shop, first, plan_id)
    wrong = shop.buy(extiende="ZZZZZZ", contrasena="0000")
    assert (dead.status_code, dead.json) == (wrong.status_code, wrong.json) == (422, dead.json)


def test_a_gift_shows_nothing_and_lets_nobody_in(shop: Shop) -> None:
    """Knows a sale's reference and has another phone: adds time, learns and changes nothing."""
    plan_id = offer(shop, month())
    first = shop.buy(producto_id=plan_id, conexion_automatica=True)
    online = shop.router.active
    device = {"mac_cliente": "02:00:00:00:00:01", "ip_cliente": "192.168.88.101"}
    shop.router.join(device["mac_cliente"], device["ip_cliente"])
    wish = {"extiende": first.json["referencia"], "producto_id": plan_id}
    gift = shop.buy(conexion_automatica=True, **wish, **device)
    assert gift.status_code == 200
    assert gift.json["usuario_hotspot"] is None
    for secret in first.json["usuario_hotspot"].values():
        assert secret not in gift.text
        assert secret not in shop.status(gift.json["referencia"]).text
        assert secret not in shop.status(gift.json["id_transaccion"]).text
    assert shop.router.active == online
    [access] = shop.accesses()
    assert access.duration_seconds == 60 * DAY
    assert access.mac == first.json["auto_conexion"]["mac"]
