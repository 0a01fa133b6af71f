"""Let everything go well or wrong, with secrets in all places where they may stand."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.core.database import writing
from portal.models import Access
from tests.support.servers.http import Api
from tests.support.shop import PRIVATE_KEY, ROUTER_PASSWORD, SECRETS, Shop
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
    """All of it, asked of a running server; `secrets` and `credentials` are what it heard of.

    `references` open a customer's page, with the credentials on it.
    """

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

    def buy(self, status: int, **changes: Any) -> dict[str, Any]:
        answer = self.api.post(PAY, self.shop.order(**changes))
        assert answer.status_code == status, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def sales(self) -> None:
        self.look_at(self.buy(200, token_tarjeta=self.tokens[0], conexion_automatica=True))
        self.look_at(self.buy(200, token_tarjeta=self.tokens[1], tipo_usuario="pin"))
        self.buy(402, token_tarjeta=self.shop.gateway.mint("4000000000000002", key=PRIVATE_KEY))
        self.buy(402, token_tarjeta=UNUSED_TOKEN)
        self.api.post(PAY, self.shop.order(), Idempotency_Key=self.tokens[2])

    def look_at(self, bought: dict[str, Any]) -> None:
        """Ask for the sale by all that opens it."""
        page = f"/r/{self.shop.router_id}/pago/{bought['referencia']}"
        status = "/api/v1/payments/"
        for path in (page, status + bought["referencia"], status + bought["id_transaccion"]):
            assert self.api.request("GET", path).status_code == 200
        self.api.request("POST", f"{page}/cancelar")
        event = {"id": "evt_1", "data": {"object": {"id": bought["id_transaccion"]}}}
        self.api.post(f"/api/v1/webhooks/conekta/{self.shop.company_id}", event)

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
            self.references = {
                word for sale in self.shop.sales() for word in (sale.id, sale.order_id) if word
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
