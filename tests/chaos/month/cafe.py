"""The café: its plans, the phones in it, what its customers do and what befalls it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from portal.core.database import writing
from portal.models import Company, Plan, Sale
from portal.operators import refunds
from portal.operators.vouchers.counter import CounterSale, sell_code
from portal.sandbox.routeros.menus.errors import Refusal
from portal.sandbox.routeros.menus.paths import USER
from tests.support.environment import Environment, Visitor
from tests.support.tenants import ACTOR, make_user
from tests.vouchers.conftest import person

ZONE = "America/Tijuana"
HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
# Name, centavos, seconds, from when they count, bytes.
PLANS = (
    ("1 Hora", 2000, HOUR, "purchase", None),
    ("1 Día", 4999, DAY, "first_use", None),
    ("1 Semana", 15050, WEEK, "purchase", None),
    ("500 MB", 3505, None, None, 500 * 10**6),
)
WEEKLY = "1 Semana"
DECLINED = ("tok_test_card_declined", "tok_test_insufficient_funds")
GOOD = ("tok_test_visa_4242", "tok_test_mastercard_4444", "tok_test_amex_8431")


@dataclass
class Regular:
    """Who bought a week: every day the phone shows another MAC address."""

    order_id: str
    code: tuple[str, str]
    until: float


@dataclass
class Happened:
    """What a day brought. `cash` is in centavos, `refused` names who had paid and was kept out."""

    answers: Counter[int] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    cash: int = 0
    refused: list[str] = field(default_factory=list)


class Cafe(Environment):
    """A company with one router at the border, where the clock is changed in March."""

    def _furnish(self) -> None:
        super()._furnish()
        with writing() as session:
            session.get_one(Company, self.company_id).time_zone = ZONE
            rows = [self._plan(*plan) for plan in PLANS]
            session.add_all(rows)
            session.flush()
            self.plan_ids = {plan.name: plan.id for plan in rows}
        self.seller = person(make_user(self.app, self.company_id))
        self.regulars: list[Regular] = []

    def _plan(
        self, name: str, amount: int, seconds: int | None, since: str | None, data: int | None
    ) -> Plan:
        return Plan(
            company_id=self.company_id,
            router_id=self.router_id,
            name=name,
            amount=amount,
            profile_name="1hora",
            duration_seconds=seconds,
            duration_from=since,
            data_limit=data,
        )

    def card(self, chance: Random, happened: Happened) -> None:
        """Somebody buys by card, and comes again with another card where the bank refuses."""
        visitor = self.visitor()
        plan = chance.choices(list(self.plan_ids), (70, 18, 4, 8))[0]
        manner = chance.choices(
            ("plain", "declined", "unheard", "gateway away", "router cut"), (86, 8, 2, 2, 2)
        )[0]
        happened.events[manner] += manner != "plain"
        if manner in ("unheard", "gateway away"):
            self.gateway.fail("status", "charge", executed=manner == "unheard", status=502)
        if manner == "router cut":
            self.router.faults.cut_after(f"{USER}/set", times=1)
        if manner == "declined":
            self._buy(visitor, plan, chance.choice(DECLINED), happened)
        answer = self._buy(visitor, plan, chance.choice(GOOD), happened)
        self.gateway.heal()
        self.router.faults.clear()
        if answer.get("success"):
            self._hear(answer["id_transaccion"], chance, happened)
        if plan == WEEKLY and answer.get("success"):
            told = answer["usuario_hotspot"]
            code, until = (told["usuario"], told["contrasena"]), time.time() + WEEK
            self.regulars.append(Regular(answer["id_transaccion"], code, until))

    def _buy(self, visitor: Visitor, plan: str, card: str, happened: Happened) -> dict[str, Any]:
        request = self.request(
            visitor,
            producto_id=self.plan_ids[plan],
            token_tarjeta=card,
            email_cliente=f"{visitor.key}@example.com",
            conexion_automatica=True,
            tipo_usuario="pin",
        )
        # Another card is another try, of which the page makes a key of its own.
        request["headers"]["Idempotency-Key"] += f":{card}"
        answer = self.send(request)
        happened.answers[answer.status_code] += 1
        body: dict[str, Any] = answer.json or {}
        return body

    def _hear(self, order_id: str, chance: Random, happened: Happened) -> None:
        """The gateway tells of what was paid: once, twice, or never."""
        copies = chance.choices((1, 2, 0), (90, 5, 5))[0]
        happened.events["notice told twice"] += copies == 2
        happened.events["notice never told"] += copies == 0
        for _ in range(copies):
            self._post(self.till.notice(order_id, "paid"))

    def _post(self, notice: str) -> None:
        path = f"/api/v1/webhooks/conekta/{self.company_id}"
        told = self.app.test_client().post(path, data=notice, content_type="application/json")
        assert told.status_code == 200, told.text

    def cash(self, chance: Random, happened: Happened) -> None:
        """A code is sold at the counter."""
        name, amount = chance.choice([(plan[0], plan[1]) for plan in PLANS[:2]])
        with self.app.app_context():
            sell_code(ACTOR, self.company_id, self.seller, CounterSale(self.plan_ids[name]))
        happened.cash += amount
        happened.events["cash"] += 1

    def come_back(self, now: float, happened: Happened) -> None:
        """All who bought a week come back today, each phone with a MAC address never seen."""
        self.regulars = [regular for regular in self.regulars if regular.until > now]
        for regular in self.regulars:
            visitor = self.visitor()
            happened.events["another MAC"] += 1
            said = "is not seen in the list of sessions"
            try:
                self.router.log_in(*regular.code, visitor.ip)
            except Refusal as refusal:
                said = str(refusal)
            online = {session["user"]: session["address"] for session in self.router.active}
            if online.get(regular.code[0]) != visitor.ip:
                happened.refused.append(f"{regular.code[0]}, {regular.order_id}: {said}")

    def give_back(self, sale: Sale, happened: Happened) -> None:
        """The owner refunds a purchase."""
        with self.app.app_context():
            refunds.refund(ACTOR, self.company_id, sale.id, "No era lo que pensaba")
        happened.events["refund"] += 1
        self._forget(sale)

    def charge_back(self, sale: Sale, happened: Happened) -> None:
        """The buyer's bank takes the money back, which the gateway tells."""
        assert sale.order_id is not None
        self.gateway.charge_back(sale.order_id)
        self._post(self.till.notice(sale.order_id, "charged_back"))
        happened.events["chargeback"] += 1
        self._forget(sale)

    def _forget(self, sale: Sale) -> None:
        self.regulars = [each for each in self.regulars if each.order_id != sale.order_id]

    def close(self) -> None:
        """Everybody goes home."""
        for host in self.router.hosts:
            self.router.leave(host["mac-address"])
