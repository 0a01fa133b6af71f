"""Do to the real parts what happens to the model."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from portal.access.payment_pass.giving import give_pass
from portal.access.router_restore import restore_router
from portal.api.public.payments import answer
from portal.core.database import reading, writing
from portal.core.errors import Problem
from portal.hotspot.errors import RouterError
from portal.models import Access, Plan, Sale
from portal.payments.methods import Method
from portal.sales.customer_cancel import cancel_for_customer
from portal.sales.deferred.by_hand import book_return
from portal.sales.operator_refund import refund_sale
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from portal.sales.transitions import unpark
from portal.sandbox.routeros.menus import paths
from tests.crash.events import interrupted
from tests.model.environment import ModelEnvironment
from tests.model.model import PASSES
from tests.model.model_order import DEFERRED, Means
from tests.model.model_sale import Scenario
from tests.support.environment import Visitor
from tests.support.tills import DECLINED, UNKNOWN_TOKEN, VISA, Till

TOKENS = {
    Means.GOOD: VISA,
    Means.ASKED: VISA,
    Means.DECLINED: DECLINED,
    Means.UNKNOWN: UNKNOWN_TOKEN,
}
METHODS = {Means.TRANSFER: Method.TRANSFER, Means.CASH: Method.CASH}
CARD = "tarjeta"
WRONG = "wrong"


class Actions:
    """Sales are named by our ids, devices by their number in the order in which they came."""

    def __init__(self, environment: ModelEnvironment) -> None:
        self._environment = environment
        self._visitors: list[Visitor] = []
        self._tills: dict[str, Till] = {}

    @property
    def devices(self) -> int:
        """How many have come so far."""
        return len(self._visitors)

    def buy(
        self, scenario: Scenario, extends: str | None, overtaken: str | None
    ) -> tuple[int, list[str]]:
        """Buy; the answer's status, and the sales that were made of it."""
        visitor = replace(self._visitor(scenario.device), key=scenario.key)
        with self._environment.paid_at(scenario.gateway) as till, self._overtaking(overtaken):
            till.ask_for_three_ds(scenario.means is Means.ASKED)
            status = (
                self._extend(scenario, visitor, extends)
                if extends
                else self._post(scenario, visitor)
            )
        return status, self._new_sales(till)

    def _overtaking(self, call: str | None) -> AbstractContextManager[object]:
        """The worker takes over whatever is under way before such a call."""
        if call is None:
            return nullcontext()
        return interrupted(self._environment, call, lambda environment: environment.work())

    def _visitor(self, device: int) -> Visitor:
        """The device of this number, or the next new one."""
        if device == self.devices:
            self._visitors.append(self._environment.visitor())
        return self._visitors[device]

    def _post(self, scenario: Scenario, visitor: Visitor) -> int:
        request = self._environment.request(
            visitor,
            producto_id=self._environment.plan_ids[scenario.plan.name],
            token_tarjeta=TOKENS.get(scenario.means),
            conexion_automatica=scenario.is_auto,
            tipo_usuario="pin" if scenario.is_pin else None,
            metodo=scenario.means.value if scenario.means in DEFERRED else CARD,
        )
        path = "/api/v1/payments/pagar"
        return self._environment.call(path, request["body"], **request["headers"]).status_code

    def _extend(self, scenario: Scenario, visitor: Visitor, access_id: str) -> int:
        """As a page does."""
        values = self._environment.extension(
            access_id,
            plan_id=self._environment.plan_ids[scenario.plan.name],
            card_token=TOKENS.get(scenario.means),
            method=METHODS.get(scenario.means, Method.CARD),
            mac=visitor.mac,
            ip=visitor.ip,
            auto_connect=scenario.is_auto,
            idempotency_key=scenario.key,
        )
        with self._environment.app.app_context():
            try:
                return answer(buy(PurchaseRequest(**values)))[1]
            except Problem as problem:
                return problem.status

    def _new_sales(self, till: Till) -> list[str]:
        found = [sale.id for sale in self._environment.sales() if sale.id not in self._tills]
        self._tills |= dict.fromkeys(found, till)
        return found

    def access_of(self, sale_id: str) -> Access:
        """The access that a sale made or added to."""
        with self._environment.app.app_context(), reading() as session:
            return session.get_one(Access, session.get_one(Sale, sale_id).access_id)

    def give_up(self, sale_id: str) -> bool:
        """Cancel and try again."""
        with self._environment.app.app_context():
            return cancel_for_customer(sale_id)

    def reconnect(self, sale_id: str, device: int, *, is_right: bool) -> tuple[str, str]:
        """Come back with the code; `estado` and `auto_conexion`."""
        environment, access = self._environment, self.access_of(sale_id)
        visitor = self._visitor(device)
        with environment.app.app_context():
            name, password = access.name, access.password if is_right else WRONG
        body = {"username": name, "password": password, "current_mac": visitor.mac}
        told = environment.call("/api/v1/hotspot/auto-reconnect", body).json
        return told["estado"], told["auto_conexion"]

    def at_gateway(self, sale_id: str, event: str, *args: Any, **options: Any) -> None:
        """Let something happen to the sale's order: a method of the sandbox, with its arguments."""
        getattr(self._tills[sale_id].sandbox, event)(self._order(sale_id), *args, **options)

    def at_till(self, sale_id: str, event: str, amount: int | None = None) -> None:
        """The same by a method of the till, of so many centavos where it is about an amount."""
        about = (self._order(sale_id),) if amount is None else (self._order(sale_id), amount)
        getattr(self._tills[sale_id], event)(*about)

    def tell(self, sale_id: str, copies: int) -> None:
        """A webhook about the sale's order."""
        self._environment.tell(self._tills[sale_id], self._order(sale_id), copies)

    def _order(self, sale_id: str) -> str:
        order = self._environment.orders()[sale_id]
        return str(order["id"])

    def delete_user(self, sale_id: str) -> None:
        """By hand, and whoever is online with it is thrown out."""
        router, name = self._environment.router, self._environment.name_of(self.access_of(sale_id))
        router.execute(f"{paths.USER}/remove", numbers=router.users[name][".id"])
        for session in router.active:
            if session["user"] == name:
                router.execute(f"{paths.ACTIVE}/remove", numbers=session[".id"])

    def settle(self) -> None:
        """All that is due, and what comes round by itself."""
        environment = self._environment
        self._work_off()
        self.make_round()
        environment.sweep()
        environment.search_orders()
        environment.end_time_to_pay()
        with environment.settings(card_token_minutes=0, three_ds_minutes=0):
            self._work_off()

    def _work_off(self) -> None:
        """As many passes as the model does; those after one that found nothing find nothing."""
        for _ in range(PASSES):
            if not self._environment.work():
                return

    def make_round(self) -> None:
        """A router that is away is read when its turn comes again."""
        with suppress(RouterError):
            self._environment.sync_usage()

    def restore(self) -> None:
        """At the operator's word."""
        self._environment.make_due()
        with self._environment.app.app_context():
            restore_router(self._environment.router_id)

    def refund(self, sale_id: str) -> int:
        """At the operator's word; as the API answers it."""
        with self._environment.app.app_context():
            try:
                done = refund_sale(sale_id, "customer asked").sale.state == "refunded"
            except Problem as problem:
                return problem.status
        return 200 if done else 202

    def return_by_hand(self, sale_id: str) -> int:
        """At the operator's word, who gave the money back; as the API answers it."""
        with self._environment.app.app_context():
            try:
                book_return(sale_id, "customer asked")
            except Problem as problem:
                return problem.status
        return 200

    def give_pass(self, sale_id: str) -> str:
        """As the page of who has to pay elsewhere asks for it."""
        with self._environment.app.app_context():
            return give_pass(sale_id).answer.value

    def unpark(self, sale_id: str) -> None:
        """At the operator's word."""
        with self._environment.app.app_context(), writing() as session:
            unpark(session, session.get_one(Sale, sale_id))

    def sell(self, name: str, *, is_sold: bool) -> None:
        """Put a plan on the market, or take it off."""
        plan = sa.update(Plan).where(Plan.id == self._environment.plan_ids[name])
        with self._environment.app.app_context(), writing() as session:
            session.execute(plan.values(active=is_sold))
