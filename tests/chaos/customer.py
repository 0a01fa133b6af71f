"""Buy one thing after the other, as a customer does, until the run is over."""

from __future__ import annotations

import threading
from random import Random

from tests.chaos.calling import call, type_code
from tests.chaos.counters import ApiCounter, Counter, PageCounter, Shops
from tests.chaos.paying_outside import PayingOutside
from tests.chaos.purchases import Purchase, Purchases
from tests.chaos.radius.logins import Logins
from tests.chaos.scenarios import Challenge, Manner, Outside, Scenario, Way, draw
from tests.support.tills import CONEKTA

TRIES = 5
LOOKS = 4
RIGHT_CODE, WRONG_CODE = "1234", "0000"
CHOOSES_OTHERWISE = (Outside.OTHERWISE, Outside.BOTH)
# Who does not pay as they were told has nothing to wait for.
WAITS_FOR_NOTHING = (Outside.NEVER, *CHOOSES_OTHERWISE)


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
        self._by_api, self._on_page = ApiCounter(shops), PageCounter(shops)
        self._outside = PayingOutside(shops.environment, self._chance, over)

    def run(self) -> None:
        """Buy until the chaos run is over."""
        router = self._chance.randrange(len(self._shops.plans))
        while not self._over.is_set():
            router = (router + self._chance.randrange(1, 4)) % len(self._shops.plans)
            bought = self._buy(draw(self._next(), self._number, router, self._chance))
            if bought.scenario.manner is Manner.TWICE and bought.is_decided:
                self._buy(bought.scenario.again(self._next()))
            if bought.is_refused_for_now and bought.scenario.gateway != CONEKTA:
                self._buy(bought.scenario.elsewhere(self._next()))
            self._choose_otherwise(bought)

    def _choose_otherwise(self, bought: Purchase) -> None:
        """By card, whose purchase closes the order that was told of; some pay that as well."""
        if bought.order_to_pay is None or bought.scenario.outside not in CHOOSES_OTHERWISE:
            return
        self._buy(bought.scenario.by_card(self._next()))
        self._outside.pay(bought)

    def _next(self) -> int:
        return self._purchases.next_number()

    def _buy(self, scenario: Scenario) -> Purchase:
        counter = self._on_page if scenario.way is Way.FRAME else self._by_api
        purchase = self._purchases.begin(scenario, self._token(scenario))
        if scenario.manner in (Manner.LEAVES, Manner.COMES_BACK):
            counter.leave(purchase, self._port(), self._chance.uniform(0, 0.4))
            purchase.note(None)
        if scenario.manner is Manner.DOUBLE_CLICK:
            self._click_twice(purchase, counter)
        if scenario.manner is not Manner.LEAVES:
            self._see_through(purchase, counter)
        self._logins.visit(purchase, self._over)
        return purchase

    def _token(self, scenario: Scenario) -> str | None:
        if scenario.way is not Way.CARD:
            return None
        return scenario.reusable_token or self._shops.mint(
            scenario.card, scenario.router, scenario.gateway
        )

    def _click_twice(self, purchase: Purchase, counter: Counter) -> None:
        clicks = [
            threading.Thread(target=counter.ask, args=(purchase, self._port()))
            for _ in range(self._chance.choice((2, 2, 3)))
        ]
        for click in clicks:
            click.start()
        for click in clicks:
            click.join()

    def _see_through(self, purchase: Purchase, counter: Counter) -> None:
        """Ask again after whatever is no answer, and follow what is not decided."""
        for _ in range(TRIES):
            if self._over.is_set():
                return
            if not purchase.answers:
                counter.ask(purchase, self._port())
            if purchase.is_decided or purchase.is_turned_away:
                return
            if purchase.reference:
                self._follow(purchase, counter)
                return
            self._over.wait(self._chance.uniform(0.1, 0.8))
            counter.ask(purchase, self._port())

    def _follow(self, purchase: Purchase, counter: Counter) -> None:
        """Look how it stands, and do what is asked for, with a pass to do it by."""
        for look in range(LOOKS):
            if self._over.is_set():
                return
            self._do_what_is_asked(purchase, counter, is_first=look == 0)
            self._over.wait(self._chance.uniform(0.2, 1.0))
            path = f"/api/v1/payments/{purchase.reference}"
            headers = self._shops.headers(purchase.scenario)
            looked = call(self._port(), "GET", path, headers)
            purchase.note_look(looked)
            if looked is not None and looked.body.get("estado_pago") != "pending":
                return
            if purchase.order_to_pay and purchase.scenario.outside in WAITS_FOR_NOTHING:
                return

    def _do_what_is_asked(self, purchase: Purchase, counter: Counter, *, is_first: bool) -> None:
        scenario = purchase.scenario
        if is_first and scenario.takes_pass:
            self._ask_for_pass(purchase)
        if scenario.outside not in CHOOSES_OTHERWISE:
            self._outside.pay(purchase)
        if url := counter.pay(purchase, self._port()):
            self._visit_bank(scenario, url)

    def _ask_for_pass(self, purchase: Purchase) -> None:
        headers = self._shops.headers(purchase.scenario)
        path = f"/api/v1/payments/{purchase.reference}/pase"
        told = call(self._port(), "POST", path, headers, {})
        if told is not None and told.status == 200:
            purchase.passes.append(told.body["estado"])

    def _visit_bank(self, scenario: Scenario, url: str) -> None:
        if scenario.challenge is not Challenge.LEAVE:
            passes = scenario.challenge is Challenge.PASS
            type_code(url, RIGHT_CODE if passes else WRONG_CODE)

    def _port(self) -> int:
        return self._chance.choice(self._shops.ports)
