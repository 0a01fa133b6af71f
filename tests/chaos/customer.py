"""Buy one thing after the other, as a customer does, until the run is over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.chaos.calling import BUY, BUY_ANYWHERE, Answer, call, call_and_leave, type_code
from tests.chaos.environment import ip_of, mac_of
from tests.chaos.purchases import Purchase, Purchases
from tests.chaos.radius.logins import Logins
from tests.chaos.scenarios import Card, Challenge, Manner, Scenario, draw
from tests.support.tills import CONEKTA

TRIES = 5
LOOKS = 4
RIGHT_CODE, WRONG_CODE = "1234", "0000"


@dataclass(frozen=True)
class Shops:
    """Where customers buy: any port serves any router; keys and plans by router."""

    ports: tuple[int, ...]
    api_keys: tuple[str, ...]
    plans: tuple[int, ...]
    mint: Callable[[Card, int, str], str]


class Customer:
    """One device and its owner. When it is `over` they go, whatever they were told last."""

    def __init__(
        self,
        number: int,
        shops: Shops,
        purchases: Purchases,
        logins: Logins,
        seed: int,
        over: threading.Event,
    ) -> None:
        self._number, self._shops, self._purchases, self._over = number, shops, purchases, over
        self._logins = logins
        self._chance = Random(f"{seed}:customer:{number}")

    def run(self) -> None:
        """Buy until the chaos run is over."""
        router = self._chance.randrange(len(self._shops.plans))
        while not self._over.is_set():
            router = (router + self._chance.randrange(1, 4)) % len(self._shops.plans)
            number = self._purchases.next_number()
            bought = self._buy(draw(number, self._number, router, self._chance))
            if bought.scenario.manner is Manner.TWICE and bought.is_decided:
                self._buy(bought.scenario.again(self._purchases.next_number()))
            if bought.is_refused_for_now and bought.scenario.gateway != CONEKTA:
                self._buy(bought.scenario.elsewhere(self._purchases.next_number()))

    def _buy(self, scenario: Scenario) -> Purchase:
        token = scenario.reusable_token or self._shops.mint(
            scenario.card, scenario.router, scenario.gateway
        )
        purchase = self._purchases.begin(scenario, token)
        if scenario.manner in (Manner.LEAVES, Manner.COMES_BACK):
            self._leave(purchase)
        if scenario.manner is Manner.DOUBLE_CLICK:
            self._click_twice(purchase)
        if scenario.manner is not Manner.LEAVES:
            self._see_through(purchase)
        self._logins.visit(purchase, self._over)
        return purchase

    def _leave(self, purchase: Purchase) -> None:
        seconds = self._chance.uniform(0, 0.4)
        path = _path(purchase.scenario)
        call_and_leave(self._port(), path, self._headers(purchase), self._body(purchase), seconds)
        purchase.note(None)

    def _click_twice(self, purchase: Purchase) -> None:
        clicks = [
            threading.Thread(target=self._ask, args=(purchase, self._port()))
            for _ in range(self._chance.choice((2, 2, 3)))
        ]
        for click in clicks:
            click.start()
        for click in clicks:
            click.join()

    def _see_through(self, purchase: Purchase) -> None:
        """Ask again after whatever is no answer, and follow what is not decided."""
        for _ in range(TRIES):
            if self._over.is_set():
                return
            if not purchase.answers:
                self._ask(purchase, self._port())
            if purchase.is_decided or purchase.is_turned_away:
                return
            if purchase.reference:
                self._follow(purchase)
                return
            self._over.wait(self._chance.uniform(0.1, 0.8))
            self._ask(purchase, self._port())

    def _follow(self, purchase: Purchase) -> None:
        """Look how it stands, and go to the bank's page where that is asked for."""
        for _ in range(LOOKS):
            if self._over.is_set():
                return
            if url := purchase.action_url:
                self._visit_bank(purchase.scenario, url)
            self._over.wait(self._chance.uniform(0.2, 1.0))
            path = f"/api/v1/payments/{purchase.reference}"
            looked = call(self._port(), "GET", path, self._headers(purchase))
            purchase.note_look(looked)
            if looked is not None and looked.body.get("estado_pago") != "pending":
                return

    def _visit_bank(self, scenario: Scenario, url: str) -> None:
        if scenario.challenge is not Challenge.LEAVE:
            passes = scenario.challenge is Challenge.PASS
            type_code(url, RIGHT_CODE if passes else WRONG_CODE)

    def _ask(self, purchase: Purchase, port: int) -> Answer | None:
        path = _path(purchase.scenario)
        answer = call(port, "POST", path, self._headers(purchase), self._body(purchase))
        purchase.note(answer)
        return answer

    def _port(self) -> int:
        return self._chance.choice(self._shops.ports)

    def _headers(self, purchase: Purchase) -> dict[str, str]:
        headers = {"X-API-Key": self._shops.api_keys[purchase.scenario.router]}
        return headers | (
            {"Idempotency-Key": purchase.scenario.key} if purchase.scenario.key else {}
        )

    def _body(self, purchase: Purchase) -> dict[str, Any]:
        scenario = purchase.scenario
        return {
            "producto_id": self._shops.plans[scenario.router],
            "token_tarjeta": purchase.card_token,
            "nombre_cliente": "María García",
            "email_cliente": scenario.email,
            "mac_cliente": mac_of(scenario.customer),
            "ip_cliente": ip_of(scenario.customer),
            "conexion_automatica": scenario.auto_connect,
            "tipo_usuario": "pin" if scenario.pin else "usuario_contrasena",
        } | ({} if scenario.gateway == CONEKTA else {"pasarela": scenario.gateway})


def _path(scenario: Scenario) -> str:
    return BUY if scenario.gateway == CONEKTA else BUY_ANYWHERE
