"""Come back online with a code that was bought."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.access.attempt_limits import BUDGET, CODES
from portal.core.database import reading, writing
from portal.core.logs import configure_logs
from portal.models import Access, Plan, Router, WrongCode, utc_now
from tests.api.admin.caller import log_in
from tests.support.databases.queries import recorded_queries
from tests.support.lost_answers import hurried
from tests.support.shop import MAC, OpenShop, Shop

NEW_MAC, NEW_IP = "02:00:00:00:00:01", "192.168.88.101"
HOSTS = "/ip/hotspot/host/print"
LOGIN = "/ip/hotspot/active/login"
EXHAUSTED = {"code_tries": 3, "code_wait_first": 60.0}


def ask(shop: Shop, user: str, password: str, mac: str = NEW_MAC, **more: Any) -> TestResponse:
    body = {"username": user, "password": password, "current_mac": mac} | more
    return shop.call("/api/v1/hotspot/auto-reconnect", body)


def said(answer: TestResponse) -> tuple[bool, str, str]:
    assert answer.status_code == 200, answer.text
    assert set(answer.json) == {"success", "estado", "auto_conexion", "mensaje", "timestamp"}
    assert datetime.fromisoformat(answer.json["timestamp"]).tzinfo is not None
    return answer.json["success"], answer.json["estado"], answer.json["auto_conexion"]


def bought(shop: Shop, **changes: Any) -> tuple[str, str]:
    """The credentials of a new access, and a new phone in the network."""
    answer = shop.buy(**changes)
    assert answer.status_code == 200, answer.text
    shop.router.join(NEW_MAC, NEW_IP)
    user = answer.json["usuario_hotspot"]
    return user["usuario"], user["contrasena"]


def online(shop: Shop) -> set[tuple[str, str]]:
    return {(row["user"], row["mac-address"]) for row in shop.router.active}


def wrong_codes(shop: Shop) -> list[WrongCode]:
    with shop.app.app_context(), reading() as session:
        of_devices = (WrongCode.device != BUDGET, WrongCode.kind == CODES.kind)
        return list(session.scalars(sa.select(WrongCode).where(*of_devices)))


CONNECTED = (True, "activo", "conectado")
WRONG = (False, "credenciales_invalidas", "no_conectado")
AWAY = (False, "router_no_disponible", "no_conectado")
EXPIRED = (False, "expirado", "no_conectado")
NOT_CONNECTED = (False, "activo", "no_conectado")


@pytest.mark.parametrize("kind", ["usuario_contrasena", "pin"])
def test_a_new_phone_gets_in_and_the_old_one_goes(shop: Shop, kind: str) -> None:
    user, password = bought(shop, tipo_usuario=kind, conexion_automatica=True)
    assert online(shop) == {(user, MAC)}
    answer = ask(shop, user.lower(), password, current_ip=NEW_IP)
    assert said(answer) == CONNECTED
    assert online(shop) == {(user, NEW_MAC)}
    assert password not in answer.text
    [access] = shop.accesses()
    assert access.mac == NEW_MAC


def test_the_same_phone_again(shop: Shop) -> None:
    user, password = bought(shop, conexion_automatica=True)
    assert said(ask(shop, user, password, MAC)) == CONNECTED
    assert online(shop) == {(user, MAC)}


def test_as_many_devices_as_were_bought_and_the_oldest_gives_way(shop: Shop) -> None:
    shop.router.add_profile("familia", **{"shared-users": "2"})
    shop.change(Plan, max_devices=2, profile_name="familia")
    user, password = bought(shop, conexion_automatica=True)
    third = ("02:00:00:00:00:02", "192.168.88.102")
    shop.router.join(*third)
    for mac in (NEW_MAC, third[0]):
        shop.router.clock.advance(60)
        assert said(ask(shop, user, password, mac)) == CONNECTED
    assert online(shop) == {(user, NEW_MAC), (user, third[0])}


@pytest.mark.parametrize("which", ["password", "user", "both"])
def test_a_wrong_code_lets_nobody_in(shop: Shop, which: str) -> None:
    user, password = bought(shop)
    wrong_user = user if which == "password" else "ZZZZZZ"
    wrong_password = password if which == "user" else "0000" if password != "0000" else "1111"
    answer = ask(shop, wrong_user, wrong_password)
    assert said(answer) == WRONG
    assert online(shop) == set()
    assert LOGIN not in {command.path for command in shop.router.commands}
    [counted] = wrong_codes(shop)
    assert (counted.device, counted.failures, counted.kind) == (NEW_MAC, 1, "code")


def test_what_is_not_paid_opens_nothing(shop: Shop) -> None:
    shop.gateway.behave(force_three_ds=True)
    assert shop.buy().status_code == 202
    [access] = shop.accesses()
    with shop.app.app_context():
        name, password = access.name, access.password
    assert said(ask(shop, name, password, MAC)) == WRONG


def test_wrong_codes_make_a_device_wait_longer_and_longer(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(**EXHAUSTED)
    user, password = bought(shop)
    assert [said(ask(shop, user, "x")) for _ in range(3)] == [WRONG] * 3
    waits = []
    for _ in range(3):
        for code in ("x", password):
            answer = ask(shop, user, code)
            assert (answer.status_code, list(answer.json)) == (429, ["detail"])
        waits.append(int(answer.headers["Retry-After"]))
        shop.change(WrongCode, locked_until=None)
        assert said(ask(shop, user, "x")) == WRONG
    assert [round(wait, -1) for wait in waits] == [60, 120, 240]
    assert said(ask(shop, user, password, MAC)) == CONNECTED
    shop.change(WrongCode, locked_until=None)
    assert said(ask(shop, user, password)) == CONNECTED


def test_waiting_asks_nobody(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(code_tries=1, code_wait_first=60.0)
    user, password = bought(shop)
    assert said(ask(shop, user, "x")) == WRONG
    shop.router.forget_commands()
    assert ask(shop, user, password).status_code == 429
    assert not shop.router.commands


def test_a_good_code_between_does_not_buy_more_tries(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(**EXHAUSTED)
    user, password = bought(shop)
    for code in ("x", password, "x", password, "x"):
        assert ask(shop, user, code).status_code == 200
    assert ask(shop, user, "x").status_code == 429


@pytest.mark.each_database
def test_codes_sent_side_by_side_count_like_others(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(**EXHAUSTED)
    user, _ = bought(shop)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: ask(shop, user, f"x{n}"), range(24)))
    assert [answer.status_code for answer in answers].count(200) == 3
    assert {answer.status_code for answer in answers} == {200, 429}


def test_old_mistakes_are_forgotten(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(**EXHAUSTED)
    user, _ = bought(shop)
    assert [said(ask(shop, user, "x")) for _ in range(3)] == [WRONG] * 3
    shop.change(WrongCode, locked_until=None, last_at=utc_now() - timedelta(days=2))
    assert [said(ask(shop, user, "x")) for _ in range(3)] == [WRONG] * 3


def test_a_device_that_the_router_does_not_see_learns_nothing(shop: Shop) -> None:
    user, password = bought(shop)
    stranger = "02:00:00:00:00:99"
    good, bad = ask(shop, user, password, stranger), ask(shop, user, "x", stranger)
    assert said(good) == said(bad) == AWAY
    assert good.json["mensaje"] == bad.json["mensaje"]
    assert "no está conectado al WiFi" in good.json["mensaje"]
    assert wrong_codes(shop) == []


# What the router is asked until the time for it is over.
ASKED_IN_VAIN = {"off": (), "hangs": ("hosts",), "cut at login": ("log_in",)}


@pytest.mark.parametrize("trouble", ASKED_IN_VAIN)
def test_a_router_that_is_away_is_never_called_expired(open_a_shop: OpenShop, trouble: str) -> None:
    shop = open_a_shop(router_verify_seconds=0.1)
    user, password = bought(shop)
    if trouble == "off":
        shop.router.go_down()
    elif trouble == "hangs":
        shop.router.faults.hang(HOSTS, times=None)
    else:
        shop.router.faults.cut_before(LOGIN, times=None)
    with hurried(shop.app, *ASKED_IN_VAIN[trouble]):
        assert said(ask(shop, user, password)) == AWAY
        shop.change(Access, expires_at=utc_now() - timedelta(hours=1))
        assert said(ask(shop, user, password)) == (EXPIRED if trouble == "cut at login" else AWAY)


def test_time_that_is_over(shop: Shop) -> None:
    user, password = bought(shop)
    over = utc_now() - timedelta(seconds=1)
    shop.change(Access, expires_at=over, next_attempt_at=over)
    assert said(ask(shop, user, password)) == EXPIRED
    shop.reconcile()
    assert user not in shop.router.users
    assert said(ask(shop, user, password)) == EXPIRED
    assert said(ask(shop, user, "x")) == WRONG


def test_time_that_the_router_says_is_over(shop: Shop) -> None:
    shop.change(Plan, duration_seconds=60, duration_from="connected")
    user, password = bought(shop, conexion_automatica=True)
    shop.router.clock.advance(120)
    assert said(ask(shop, user, password)) == EXPIRED


def test_data_that_the_router_says_is_used_up(shop: Shop) -> None:
    shop.change(Plan, data_limit=1_100_000)
    user, password = bought(shop, conexion_automatica=True)
    shop.router.clock.advance(120)
    assert said(ask(shop, user, password)) == EXPIRED


def test_a_router_that_has_not_heard_of_more_time_is_no_reason_to_say_it_is_over(
    shop: Shop,
) -> None:
    shop.change(Plan, duration_seconds=60, duration_from="connected")
    user, password = bought(shop, conexion_automatica=True)
    shop.router.clock.advance(120)
    shop.change(Access, duration_seconds=600, actual="unknown")
    assert said(ask(shop, user, password)) == (False, "activo", "no_conectado")
    shop.reconcile()
    assert said(ask(shop, user, password)) == CONNECTED


def test_a_code_that_was_sold_again_is_its_new_owner_s(shop: Shop) -> None:
    user, password = bought(shop)
    shop.change(Access, wanted="absent", actual="absent")
    _, theirs = bought(shop)
    with shop.app.app_context(), writing() as session:
        session.get_one(Access, shop.accesses()[1].id).name = user
    assert said(ask(shop, user, theirs)) == NOT_CONNECTED
    assert said(ask(shop, user, password)) == (WRONG if password != theirs else NOT_CONNECTED)


def test_a_user_that_the_router_lost_comes_back(shop: Shop) -> None:
    user, password = bought(shop)
    row = next(row for row in shop.router.rows("/ip/hotspot/user") if row["name"] == user)
    shop.router.execute("/ip/hotspot/user/remove", **{".id": row[".id"]})
    assert said(ask(shop, user, password)) == NOT_CONNECTED
    shop.reconcile()
    assert said(ask(shop, user, password)) == CONNECTED


def test_the_code_of_another_router_is_wrong(shop: Shop) -> None:
    user, password = bought(shop)
    with shop.app.app_context(), writing() as session:
        elsewhere = Router(
            company_id=shop.company_id,
            name="Azotea",
            host=shop.router.host,
            port=shop.router.port,
            username=shop.router.user,
        )
        session.add(elsewhere)
        session.flush()
        session.execute(sa.update(Access).values(router_id=elsewhere.id))
    assert said(ask(shop, user, password)) == WRONG


BAD_INPUT: list[tuple[str, Any]] = [
    ("current_mac", "nada"),
    ("current_mac", None),
    ("username", ""),
    ("username", 123456),
    ("password", "x" * 65),
    ("current_ip", "999.1.1.1"),
]


def test_bad_input_asks_nobody(shop: Shop) -> None:
    good = {"username": "ABC234", "password": "1234", "current_mac": NEW_MAC}
    for field, value in BAD_INPUT:
        answer = shop.call("/api/v1/hotspot/auto-reconnect", good | {field: value})
        assert answer.status_code == 422
        assert list(answer.json["errores"]) == [field]
    assert not shop.router.commands


@pytest.fixture
def restored_logs() -> Iterator[None]:
    """Log to the test run's own stream again, after `capsys` has closed its."""
    yield
    configure_logs("INFO")


def test_pins_are_in_no_log_and_in_no_panel(
    shop: Shop,
    restored_logs: None,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    configure_logs("INFO")
    caplog.set_level("INFO")
    pin, _ = bought(shop, tipo_usuario="pin")
    ask(shop, pin, pin)
    ask(shop, pin, "x")
    shop.router.faults.trap("no more sessions are allowed for user " + pin, LOGIN)
    ask(shop, pin, pin, MAC)
    shop.reconcile()
    logged = capsys.readouterr().err
    assert "reconnected" in logged
    assert "no more sessions" in caplog.text
    assert pin not in logged + caplog.text
    operator = log_in(shop.app, shop.company_id)
    sales = operator.get("/api/v1/admin/mi-empresa/transacciones")
    assert f"••••{pin[-2:]}" in json.loads(sales.text)["transacciones"][0]["usuario_hotspot"]
    assert pin not in sales.text
    found = operator.get("/api/v1/admin/mi-empresa/transacciones", q=pin)
    assert found.json["total"] == 1
    assert pin not in operator.get("/api/v1/admin/mi-empresa/transacciones", formato="csv").text


def test_a_reconnection_is_few_queries(open_a_shop: OpenShop) -> None:
    # However long the machine takes, what was read of the key is still trusted.
    shop = open_a_shop(cache_seconds=3600.0)
    user, password = bought(shop)
    ask(shop, user, password)
    with recorded_queries(shop.app) as queries:
        ask(shop, user, password)
    assert len(queries) <= 7, queries
