"""What a process says: one line of JSON an event, and no secret in it, whatever happens."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import portal
from portal.database import writing
from portal.hotspot.router import NewHotspotUser, RouterAddress
from portal.models import Access, GatewayAccount, Router
from portal.payments.gateway import Credentials
from portal.sales.order import Order
from tests.support.commands import run
from tests.support.databases import Databases
from tests.support.gunicorn import Server
from tests.support.http import Api
from tests.support.shop import PRIVATE_KEY, ROUTER_PASSWORD, SECRETS, Shop, open_shop
from tests.support.tenants import PASSWORD, make_user

PAY = "/api/v1/payments/pagar-conekta"
CARD = "4242424242424242"
CARDS = (CARD, "4242 4242 4242 4242", "4242-4242-4242-4242")
WRONG_PASSWORD = "planted wrong password"
ADMIN_PASSWORD = "planted admin password"
OTHER_KEY = "key_planted4Other5Key6abcdef"
OTHER_ROUTER_PASSWORD = "planted-other-router"
UNUSED_TOKEN = "tok_planted_9f8e7d6c5b4a"


class Scenes:
    """Everything that may go well or wrong, asked of a running server."""

    def __init__(self, shop: Shop, url: str) -> None:
        self.shop, self.url = shop, url
        self.tokens = [shop.gateway.mint(key=PRIVATE_KEY) for _ in range(3)]
        self.session_token = ""
        self.new_api_key = ""
        with Api(url, key=shop.api_key) as api:
            self.api = api
            self.sales()
            self.failures()
            self.nonsense()
        self.administration()
        self.a_broken_database()

    def buy(self, status: int, **changes: Any) -> None:
        answer = self.api.post(PAY, self.shop.order(**changes))
        assert answer.status_code == status, answer.text

    def sales(self) -> None:
        self.buy(200, token_tarjeta=self.tokens[0], conexion_automatica=True)
        self.buy(200, token_tarjeta=self.tokens[1], tipo_usuario="pin")
        self.buy(402, token_tarjeta=self.shop.gateway.mint("4000000000000002", key=PRIVATE_KEY))
        self.buy(402, token_tarjeta=UNUSED_TOKEN)
        self.api.post(PAY, self.shop.order(), Idempotency_Key=self.tokens[2])

    def failures(self) -> None:
        shop = self.shop
        shop.gateway.fail("status", "open_order", times=None)
        self.buy(503)
        shop.gateway.heal()
        shop.gateway.fail("status", "charge", executed=True)
        shop.gateway.fail("cut", "look_up", times=None)
        self.buy(202)
        shop.gateway.heal()
        shop.router.faults.refuse_login(times=None)
        shop.router.go_down()
        self.buy(500, mac_cliente="02:00:00:00:00:01")
        shop.router.come_up()
        self.buy(500, mac_cliente="02:00:00:00:00:02")
        shop.router.faults.clear()
        shop.gateway.refuse(PRIVATE_KEY)
        self.buy(503, mac_cliente="02:00:00:00:00:03")
        shop.gateway.accept(PRIVATE_KEY)

    def nonsense(self) -> None:
        for card in CARDS:
            self.buy(422, token_tarjeta=card)
            self.buy(404, producto_id=99, nombre_cliente=card)
            self.api.request("GET", f"/api/v1/payments/{card}")
            self.api.request("GET", f"/nada/{card}", headers={"X-Request-ID": CARD})
        unreadable = f'{{"token_tarjeta": "{self.tokens[2]}", "password": "{WRONG_PASSWORD}'
        for kind in ("application/json", "text/plain"):
            self.api.request("POST", PAY, data=unreadable, headers={"Content-Type": kind})
        for path in (self.shop.api_key, self.tokens[2], PRIVATE_KEY):
            self.api.request("GET", f"/api/v1/payments/{path}", params={"key": path})
        for key in (self.shop.api_key[:-3] + "abc", "jwt_" + PRIVATE_KEY, ROUTER_PASSWORD):
            for headers in ({"X-API-Key": key}, {"Authorization": f"Bearer {key}"}):
                with Api(self.url) as stranger:
                    wrong = stranger.request("POST", PAY, json={}, headers=headers)
                assert wrong.status_code == 401

    def administration(self) -> None:
        with self.shop.app.app_context():
            user = make_user(self.shop.app)
        with Api(self.url) as api:
            about = {"email": user.email, "password": WRONG_PASSWORD}
            assert api.post("/api/v1/auth/login", about).status_code == 401
            about["password"] = PASSWORD
            self.session_token = api.post("/api/v1/auth/login", about).json()["access_token"]
        with Api(self.url, token=self.session_token) as api:
            changed = {"current_password": about["password"], "new_password": ADMIN_PASSWORD}
            path = f"/admin/empresas/{self.shop.company_id}/routers"
            router = {"nombre": "Otro", "host": "127.0.0.1", "usuario": "api"}
            made = api.post(path, router | {"password": OTHER_ROUTER_PASSWORD})
            self.new_api_key = made.json()["api_key"]
            keys = {"conekta_private_key": OTHER_KEY, "conekta_mode": "test"}
            assert api.put(f"/admin/empresas/{self.shop.company_id}", keys).status_code == 200
            assert api.post("/api/v1/auth/change-password", changed).status_code == 200

    def a_broken_database(self) -> None:
        """A table that is missing: the driver's complaint quotes statement and values."""
        with self.shop.app.app_context():
            with writing() as session:
                self.credentials = {
                    word
                    for access in session.scalars(sa.select(Access))
                    for word in (access.name, access.password)
                    if word is not None
                }
            with writing() as session:
                session.execute(sa.text("ALTER TABLE sale_move RENAME TO gone"))
        with Api(self.url, key=self.shop.api_key) as api:
            answer = api.post(PAY, self.shop.order(mac_cliente="02:00:00:00:00:04"))
            assert answer.status_code in (500, 503)
            assert set(answer.json()) == {"detail"}

    @property
    def secrets(self) -> list[str]:
        named = [*self.tokens, *CARDS, self.shop.api_key, self.session_token, self.new_api_key]
        named += [ROUTER_PASSWORD, OTHER_ROUTER_PASSWORD, PRIVATE_KEY, OTHER_KEY, UNUSED_TOKEN]
        return [*named, WRONG_PASSWORD, ADMIN_PASSWORD, PASSWORD, *SECRETS.values()]


@dataclasses.dataclass
class Said:
    """What was said on both streams, and what must not have been."""

    server: list[str]
    commands: list[str]
    secrets: list[str]
    credentials: set[str]


@pytest.fixture(scope="module")
def said(postgres: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    folder: Path = tmp_path_factory.mktemp("instance")
    with ExitStack() as stack:
        url = postgres.create_database()
        shop = stack.enter_context(open_shop(folder, url))
        environ = SECRETS | {
            "INSTANCE_PATH": str(folder),
            "DATABASE_URL": url,
            "CONEKTA_API_URL": shop.gateway.url,
            "LOG_LEVEL": "DEBUG",
            "GATEWAY_TIMEOUT": "2",
            "ROUTER_BREAKER_FAILURES": "1000",
        }
        quiet = ["--log-level", "error"]
        server = stack.enter_context(Server(env=environ, arguments=quiet))
        scenes = Scenes(shop, server.url)
        flask = [sys.executable, "-m", "flask"]
        shop.make_due()
        options = ["create-admin", "--email", "otra@example.com", "--password-stdin"]
        ended = [
            run([*flask, "reconcile"], environ),
            run([*flask, *options], environ, stdin=ADMIN_PASSWORD),
            run([*flask, *options], environ, stdin=ADMIN_PASSWORD),
        ]
        server.terminate()
        yield Said(
            server.output.splitlines(),
            [line for each in ended for line in (each.stdout + each.stderr).splitlines()],
            scenes.secrets,
            scenes.credentials,
        )


def events(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def test_every_line_of_the_server_is_an_event_of_a_request(said: Said) -> None:
    assert len(said.server) > 50
    for event in events(said.server):
        assert event["event"]
        assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}|\[oculto\]", event["request_id"])
        assert event["level"] in ("debug", "info", "warning", "error")
        assert event["timestamp"].endswith("Z")


def test_the_lines_of_a_sale_name_it(said: Said) -> None:
    moves = [event for event in events(said.server) if event["event"] == "sale moved"]
    assert {event["state"] for event in moves} >= {"prepared", "paid", "delivered", "canceled"}
    by_request = {event["request_id"]: event["sale"] for event in moves}
    answered = [event for event in events(said.server) if event["event"] == "request"]
    for event in answered:
        assert event.get("sale") == by_request.get(event["request_id"]) or event.get("sale")


def test_what_the_worker_does_is_said_in_the_same_form(said: Said) -> None:
    worked = [line for line in said.commands if line.startswith("{")]
    assert all(event["event"] and event["timestamp"] for event in events(worked))


def test_it_is_said_what_went_wrong(said: Said) -> None:
    found = {event["event"] for event in events(said.server)}
    assert {"sale moved", "alert", "surprise", "request"} <= found
    surprises = [event for event in events(said.server) if event["event"] == "surprise"]
    assert all(event["kind"] and event["where"] for event in surprises)


def test_no_secret_is_in_any_line(said: Said) -> None:
    lines = said.server + said.commands
    assert not [secret for secret in said.secrets for line in lines if secret in line]


def test_no_sold_credentials_are_in_any_line(said: Said) -> None:
    assert len(said.credentials) > 4
    alone = re.compile(rf"(?<![0-9A-Za-z.])({'|'.join(said.credentials)})(?![0-9A-Za-z.])")
    texts = [
        str(value)
        for event in events(said.server)
        for name, value in event.items()
        if name not in ("timestamp", "ms", "where", "request_id")
    ]
    texts += [line for line in said.commands if not line.startswith("{")]
    assert not [text for text in texts if alone.search(text)]


NEWS = """
import logging, warnings
from config import load_settings
from portal import create_app
app = create_app(load_settings())
logging.getLogger("urllib3.connectionpool").warning("full of %s", "tok_planted_12345")
try:
    raise ValueError("planted secret")
except ValueError:
    logging.getLogger("some.library").exception("it failed")
@app.get("/broken")
def broken():
    return "fine"
@app.after_request
def fail(response):
    raise RuntimeError("planted secret")
app.test_client().get("/broken")
"""


def test_what_libraries_say_comes_out_in_the_same_form(tmp_path: Path) -> None:
    ended = run([sys.executable, "-c", NEWS], {"INSTANCE_PATH": str(tmp_path)})
    assert "planted" not in ended.stdout + ended.stderr
    full, failed, *rest = events(ended.stderr.splitlines())
    assert (full["event"], full["level"]) == ("full of [oculto]", "warning")
    assert (failed["event"], failed["kind"]) == ("it failed", "ValueError")
    assert "RuntimeError" in {event.get("kind") for event in rest}


SECRET_NAME = re.compile(r"password|secret|token$|private_key")


def dataclass_fields() -> list[tuple[str, dataclasses.Field[Any]]]:
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(portal.__path__, "portal.")
        if not found.name.startswith("portal.sandbox")
    ]
    kinds = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind)
    }
    return [
        (f"{kind.__module__}.{kind.__name__}.{field.name}", field)
        for kind in kinds
        if kind.__module__.startswith("portal.")
        for field in dataclasses.fields(kind)
    ]


def test_no_dataclass_shows_a_secret() -> None:
    kept = {name: field for name, field in dataclass_fields() if SECRET_NAME.search(field.name)}
    assert len(kept) >= 4
    assert not [name for name, field in kept.items() if field.repr]


def test_what_carries_a_secret_does_not_show_it() -> None:
    secret = "planted-secret"
    carriers = [
        RouterAddress("192.0.2.1", 8728, "api", secret),
        Credentials(secret, live=False),
        NewHotspotUser("ABC234", secret, "1hora", "portal:x"),
        Order(
            company_id="EMP_1",
            router_id="RTR_1",
            plan_id=1,
            card_token=secret,
            customer_name="Ana",
            customer_email="ana@example.com",
        ),
        Router(id="RTR_1", name="Patio", host="192.0.2.1", username="api"),
        GatewayAccount(id="gwa_1"),
        Access(id="acc_1", name="ABC234"),
    ]
    shown = [repr(carrier) + str(carrier) for carrier in carriers]
    assert not [text for text in shown if secret in text or "ABC234" in text]
