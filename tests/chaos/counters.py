"""Ask for purchases where customers do: at a custom portal's API, or on our own pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from tests.chaos.calling import (
    BUY,
    BUY_ANYWHERE,
    Answer,
    call,
    call_and_leave,
    fetch,
    fetch_and_leave,
)
from tests.chaos.environment import ChaosEnvironment, ip_of, mac_of
from tests.chaos.purchases import Purchase
from tests.chaos.scenarios import Card, Scenario, Way
from tests.support.page_buyer import Page, charge_in_frame, form_path, open_form, open_frame
from tests.support.page_buyer import sale_begun as begun_by
from tests.support.tills import CONEKTA

ANSWER_OF_FRAME = 6.0
LOST = "de=sal_"


@dataclass(frozen=True)
class Shops:
    """Where customers buy: any port serves any router; keys, plans and ids by router."""

    ports: tuple[int, ...]
    api_keys: tuple[str, ...]
    plans: tuple[int, ...]
    router_ids: tuple[str, ...]
    mint: Callable[[Card, int, str], str]
    environment: ChaosEnvironment

    def headers(self, scenario: Scenario) -> dict[str, str]:
        """By which a custom portal is known, and its customer's purchase."""
        key = {"Idempotency-Key": scenario.key} if scenario.key else {}
        return {"X-API-Key": self.api_keys[scenario.router]} | key


class Counter(Protocol):
    """Takes a purchase. `ask` notes what came of it, `leave` hears nothing of it."""

    def ask(self, purchase: Purchase, port: int) -> None:
        """Ask for it."""

    def leave(self, purchase: Purchase, port: int, seconds: float) -> None:
        """Ask for it, and hang up after so long."""

    def pay(self, purchase: Purchase, port: int) -> str | None:
        """Pay what was begun, where that is done here; the bank's page where it wants to ask."""


class ApiCounter:
    """A custom portal's."""

    def __init__(self, shops: Shops) -> None:
        self._shops = shops

    def ask(self, purchase: Purchase, port: int) -> None:
        """See `Counter`."""
        scenario = purchase.scenario
        headers, body = self._shops.headers(scenario), self._body(purchase)
        purchase.note(call(port, "POST", _path(scenario), headers, body))

    def leave(self, purchase: Purchase, port: int, seconds: float) -> None:
        """See `Counter`."""
        scenario = purchase.scenario
        headers, body = self._shops.headers(scenario), self._body(purchase)
        call_and_leave(port, _path(scenario), headers, body, seconds)

    def pay(self, purchase: Purchase, port: int) -> str | None:
        """See `Counter`: the card was charged with the purchase, or the bank has to ask."""
        return purchase.action_url

    def _body(self, purchase: Purchase) -> dict[str, Any]:
        scenario = purchase.scenario
        elsewhere = {"pasarela": scenario.gateway, "metodo": scenario.way.value}
        return {
            "producto_id": self._shops.plans[scenario.router],
            "token_tarjeta": purchase.card_token,
            "nombre_cliente": "María García",
            "email_cliente": scenario.email,
            "mac_cliente": mac_of(scenario.customer),
            "ip_cliente": ip_of(scenario.customer),
            "conexion_automatica": scenario.auto_connect,
            "tipo_usuario": "pin" if scenario.pin else "usuario_contrasena",
        } | (elsewhere if _path(scenario) == BUY_ANYWHERE else {})


class PageCounter:
    """Our own page, whose frame of the gateway's charges the card by the order."""

    def __init__(self, shops: Shops) -> None:
        self._shops = shops
        self._opening = threading.Lock()

    def ask(self, purchase: Purchase, port: int) -> None:
        """See `Counter`."""
        form = self._form(purchase, port)
        page = form and fetch(port, "POST", self._path(purchase), form)
        purchase.note(_answer_of(page) if page else None)

    def leave(self, purchase: Purchase, port: int, seconds: float) -> None:
        """See `Counter`."""
        if form := self._form(purchase, port):
            fetch_and_leave(port, self._path(purchase), form, seconds)

    def pay(self, purchase: Purchase, port: int) -> str | None:
        """See `Counter`. Who hears nothing of the frame presses once more, and then looks on."""
        if purchase.was_in_frame:
            return None
        router_id, sale_id = self._router_id(purchase), str(purchase.reference)
        checkout = open_frame(partial(fetch, port), router_id, sale_id)
        if checkout is None:
            return None
        purchase.was_in_frame = True
        told = self._charge(purchase, checkout) or self._charge(purchase, checkout)
        # What the frame says leads to a look at the order.
        fetch(port, "POST", f"/r/{router_id}/pago/{sale_id}/estado", {})
        return (told or {}).get("challenge")

    def _charge(self, purchase: Purchase, checkout: str) -> Mapping[str, Any] | None:
        url, number = self._shops.environment.gateway.url, purchase.scenario.card.value
        return charge_in_frame(url, checkout, number, ANSWER_OF_FRAME)

    def _form(self, purchase: Purchase, port: int) -> dict[str, str] | None:
        """The same however often it is sent."""
        with self._opening:
            if purchase.form is None:
                scenario = purchase.scenario
                device = (mac_of(scenario.customer), ip_of(scenario.customer))
                at = (self._router_id(purchase), self._shops.plans[scenario.router], *device)
                form = open_form(partial(fetch, port), *at, provider=CONEKTA)
                purchase.form = form and form | {"email_cliente": scenario.email}
            return purchase.form

    def _router_id(self, purchase: Purchase) -> str:
        return self._shops.router_ids[purchase.scenario.router]

    def _path(self, purchase: Purchase) -> str:
        return form_path(self._router_id(purchase))


def _answer_of(page: Page) -> Answer:
    """What a page says, in the words of the API."""
    if sale_id := begun_by(page):
        return Answer(202, {"referencia": sale_id, "estado_pago": "pending"})
    if page.status == 303:
        return Answer(402 if LOST in page.location else 409, {"detail": page.location})
    is_free = "no se hizo ningún cargo" in page.text.lower()
    return Answer(page.status, {"detail": "No se realizó ningún cargo" if is_free else ""})


def _path(scenario: Scenario) -> str:
    is_plain = scenario.gateway == CONEKTA and scenario.way is Way.CARD
    return BUY if is_plain else BUY_ANYWHERE
