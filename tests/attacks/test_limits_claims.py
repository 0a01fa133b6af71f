"""What others did in a device's name keeps nobody out who has a code, and finds none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.test_limits_codes import (
    alerts,
    enter,
    join,
    mac,
    make_stormy,
    pin,
    state,
    take_turns_away,
)
from tests.support.shop import MAC, Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path, database_url: str | None) -> Iterator[Shop]:
    with open_shop(tmp_path, database_url, code_tries=3, code_wait_first=600.0) as opened:
        yield opened


def lock(shop: Shop, device: str) -> None:
    """Wrong codes in the device's name, by whoever knows its MAC, until it has to wait."""
    for number in range(3):
        assert state(enter(shop, f"90000{number}", device)) == "credenciales_invalidas"
    assert state(enter(shop, "900009", device)) == "429"


def user(shop: Shop) -> tuple[str, str]:
    said = shop.buy(mac_cliente=mac(7)).json["usuario_hotspot"]
    return said["usuario"], said["contrasena"]


@pytest.mark.parametrize("device", [MAC, mac(1)], ids=["its own", "a new one"])
def test_others_tries_in_a_device_s_name_do_not_keep_its_code_out(shop: Shop, device: str) -> None:
    code = pin(shop)
    join(shop, 1)
    lock(shop, device)
    answer = enter(shop, code, device)
    assert answer.status_code == 200
    assert answer.json["success"], answer.text


def test_nor_the_name_and_password_of_a_customer(shop: Shop) -> None:
    name, password = user(shop)
    lock(shop, join(shop, 1))
    assert enter(shop, name, mac(1), password).json["success"]


def test_who_knows_the_name_guesses_no_password_by_it(shop: Shop) -> None:
    name, password = user(shop)
    lock(shop, join(shop, 1))
    for wrong in ("000x", "001x"):
        assert state(enter(shop, name, mac(1), wrong)) == "429"
    assert state(enter(shop, name.lower(), mac(1), password)) == "429"


def test_a_device_that_waits_goes_on_guessing_in_the_router_s_turns_alone(shop: Shop) -> None:
    code = pin(shop)
    lock(shop, join(shop, 1))
    take_turns_away(shop, 60)
    shop.router.forget_commands()
    before = enter(shop, "900010", mac(1))
    answer = enter(shop, code, mac(1))
    assert (
        (answer.status_code, answer.json) == (before.status_code, before.json) == (429, before.json)
    )
    assert not shop.router.commands
    take_turns_away(shop, 0)
    assert enter(shop, code, mac(1)).json["success"]


def test_wrong_ones_of_a_device_that_waits_count_for_the_router(shop: Shop) -> None:
    pin(shop, mac_cliente=mac(7))
    lock(shop, join(shop, 1))
    for number in range(61):
        take_turns_away(shop, 0)
        assert state(enter(shop, f"91{number:04}", mac(1))) == "429"
    assert alerts(shop) == ["code_guessing_code"]


def test_in_a_storm_a_victim_s_own_code_is_not_guessed_past_the_turns(shop: Shop) -> None:
    """His MAC is known: while no turn is free, only his own code would be looked at."""
    code = pin(shop)
    make_stormy(shop)
    take_turns_away(shop, 60)
    said = {state(enter(shop, f"92000{number}", MAC)) for number in range(3)}
    assert said == {"429"}
    assert state(enter(shop, code, MAC)) == "429"
    take_turns_away(shop, 0)
    assert enter(shop, code, MAC).json["success"]
