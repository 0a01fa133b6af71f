"""Cheap plans bought on top of others: nobody gets more than each purchase gives by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal.core.database import writing
from portal.models import Access, Plan, utc_now
from tests.support.shop import Shop, open_shop

MINUTE, DAY = 60, 86_400
MB, GB = 2**20, 2**30
KEPT = ("profile_name", "duration_seconds", "data_limit", "max_devices", "expires_at", "wanted")


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    sqlite = request.param == "sqlite"
    url = None if sqlite else str(request.getfixturevalue("postgres_url"))
    with open_shop(tmp_path, url, code_tries=3, code_wait_first=60.0) as opened:
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


def test_pins_are_not_guessed_by_buying(shop: Shop) -> None:
    """Knows the public key; tries PINs from ever new devices, with a card that is declined."""
    pin = shop.buy(tipo_usuario="pin").json["usuario_hotspot"]["usuario"]
    bad_card = {"token_tarjeta": "tok_test_card_declined"}
    guesses = [f"{number:06}" for number in range(3) if f"{number:06}" != pin]
    said = set()
    for number, guess in enumerate([*guesses, "999999"][:3]):
        answer = shop.buy(extiende=guess, mac_cliente=f"02:00:00:00:09:{number:02X}", **bad_card)
        said.add((answer.status_code, answer.json["detail"]))
    assert {status for status, _ in said} == {422}
    assert len(said) == 1
    right = shop.buy(extiende=pin, mac_cliente="02:00:00:00:09:99", **bad_card)
    assert right.status_code == 429
    assert len(shop.sales()) == 1


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
