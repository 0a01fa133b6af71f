"""What happens in the town, done to the real parts."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace

import sqlalchemy as sa

from portal.access.router_restore import restore_router
from portal.access.usage_sync import remove_orphaned_users, sync_usage
from portal.api.public.payment_answers import answer
from portal.core.database import reading, writing
from portal.core.errors import Problem
from portal.hotspot.router import RouterError
from portal.models import Access, Plan, Sale
from portal.sales.customer_cancel import cancel_for_customer
from portal.sales.operator_refund import refund_sale
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from portal.sales.transitions import unpark
from portal.sandbox.routeros.menus import paths
from portal.worker.orphan_orders import search_orphan_orders
from tests.crash.environment import Visitor
from tests.crash.events import interrupted
from tests.model.environment import ModelEnvironment
from tests.model.model import PASSES
from tests.model.model_sale import Card, Scenario

TOKENS = {
    Card.GOOD: "tok_test_visa_4242",
    Card.ASKED: "tok_test_visa_4242",
    Card.DECLINED: "tok_test_card_declined",
    Card.UNKNOWN: "tok_nobody_knows",
}
WRONG = "wrong"


class Deeds:
    """Sales are named by our ids, devices by their number in the order in which they came."""

    def __init__(self, town: ModelEnvironment) -> None:
        self._town = town
        self._visitors: list[Visitor] = []
        self._known: set[str] = set()
        self.bystanders = town.bystanders()

    @property
    def devices(self) -> int:
        """How many have come so far."""
        return len(self._visitors)

    def buy(
        self, wish: Scenario, extends: str | None, overtaken: str | None
    ) -> tuple[int, list[str]]:
        """Buy; the answer's status, and the sales that were made of it."""
        visitor = replace(self._visitor(wish.device), key=wish.key)
        self._town.gateway.behave(force_three_ds=wish.card is Card.ASKED)
        with self._overtaking(overtaken):
            status = self._extend(wish, visitor, extends) if extends else self._post(wish, visitor)
        return status, self._new_sales()

    def _overtaking(self, call: str | None) -> AbstractContextManager[object]:
        """The worker takes over whatever is under way before such a call."""
        if call is None:
            return nullcontext()
        return interrupted(self._town, call, lambda _stage: self.work())

    def _visitor(self, device: int) -> Visitor:
        """The device of this number, or the next new one."""
        if device == self.devices:
            self._visitors.append(self._town.visitor())
        return self._visitors[device]

    def _post(self, wish: Scenario, visitor: Visitor) -> int:
        request = self._town.request(
            visitor,
            producto_id=self._town.plan_ids[wish.plan.name],
            token_tarjeta=TOKENS[wish.card],
            conexion_automatica=wish.is_auto,
            tipo_usuario="pin" if wish.is_pin else None,
        )
        return self._town.send(request).status_code

    def _extend(self, wish: Scenario, visitor: Visitor, access_id: str) -> int:
        """As a page does."""
        order = PurchaseRequest(
            company_id=self._town.company_id,
            router_id=self._town.router_id,
            plan_id=self._town.plan_ids[wish.plan.name],
            card_token=TOKENS[wish.card],
            customer_name="María García",
            customer_email="maria@example.com",
            mac=visitor.mac,
            ip=visitor.ip,
            auto_connect=wish.is_auto,
            idempotency_key=wish.key,
            extends_access_id=access_id,
        )
        with self._town.app.app_context():
            try:
                return answer(buy(order))[1]
            except Problem as problem:
                return problem.status

    def _new_sales(self) -> list[str]:
        found = [sale.id for sale in self._town.sales() if sale.id not in self._known]
        self._known.update(found)
        return found

    def access_of(self, sale_id: str) -> Access:
        """The access that a sale made or added to."""
        with self._town.app.app_context(), reading() as session:
            return session.get_one(Access, session.get_one(Sale, sale_id).access_id)

    def challenge(self, sale_id: str, passed: bool) -> None:
        """The bank decides."""
        self._town.gateway.challenge(self._order(sale_id), passed)

    def give_up(self, sale_id: str) -> bool:
        """Cancel and try again."""
        with self._town.app.app_context():
            return cancel_for_customer(sale_id)

    def reconnect(self, sale_id: str, device: int, *, is_right: bool) -> tuple[str, str]:
        """Come back with the code; `estado` and `auto_conexion`."""
        town, access = self._town, self.access_of(sale_id)
        visitor = self._visitor(device)
        with town.app.app_context():
            name, password = access.name, access.password if is_right else WRONG
        body = {"username": name, "password": password, "current_mac": visitor.mac}
        told = town.call("/api/v1/hotspot/auto-reconnect", body).json
        return told["estado"], told["auto_conexion"]

    def pay(self, sale_id: str, amount: int) -> None:
        """Money arrives from outside."""
        self._town.gateway.pay(self._order(sale_id))
        self.alter(sale_id, amount)

    def alter(self, sale_id: str, amount: int) -> None:
        """The order's amount is another one, in centavos."""
        self._town.gateway.alter(self._order(sale_id), amount=amount)

    def expire(self, sale_id: str) -> None:
        """The gateway closes the order."""
        self._town.gateway.expire(self._order(sale_id))

    def refund_outside(self, sale_id: str, amount: int) -> None:
        """In the gateway's panel, in centavos."""
        self._town.gateway.refund(self._order(sale_id), amount)

    def charge_back(self, sale_id: str) -> None:
        """By the buyer's bank."""
        self._town.gateway.charge_back(self._order(sale_id))

    def tell(self, sale_id: str, copies: int) -> None:
        """A webhook about the sale's order."""
        self._town.tell(self._order(sale_id), copies)

    def _order(self, sale_id: str) -> str:
        order = self._town.order_of(sale_id)
        assert order is not None
        return str(order["id"])

    def reboot(self) -> None:
        """The router's devices are seen again at once."""
        self._town.router.reboot()

    def delete_user(self, sale_id: str) -> None:
        """By hand, and whoever is online with it is thrown out."""
        router, name = self._town.router, self._town.name_of(self.access_of(sale_id))
        router.execute(f"{paths.USER}/remove", numbers=router.users[name][".id"])
        for session in router.active:
            if session["user"] == name:
                router.execute(f"{paths.ACTIVE}/remove", numbers=session[".id"])

    def work(self) -> None:
        """One pass over all that waits."""
        self._town.make_due()
        self._town.work_once()

    def settle(self) -> None:
        """All that is due, and what comes round by itself."""
        town = self._town
        self._work_off()
        self.make_round()
        with town.app.app_context():
            remove_orphaned_users(town.router_id)
        self.search()
        with town.settings(card_token_minutes=0, three_ds_minutes=0):
            self._work_off()

    def _work_off(self) -> None:
        for _ in range(PASSES):
            self.work()

    def make_round(self) -> None:
        """A router that is away is read when its turn comes again."""
        with self._town.app.app_context(), suppress(RouterError):
            sync_usage(self._town.router_id)

    def search(self) -> None:
        """As the worker does now and then."""
        with self._town.app.app_context():
            search_orphan_orders(self._town.account_id)

    def restore(self) -> None:
        """At the operator's word."""
        self._town.make_due()
        with self._town.app.app_context():
            restore_router(self._town.router_id)

    def refund(self, sale_id: str) -> int:
        """At the operator's word; as the API answers it."""
        with self._town.app.app_context():
            try:
                done = refund_sale(sale_id, "customer asked").sale.state == "refunded"
            except Problem as problem:
                return problem.status
        return 200 if done else 202

    def unpark(self, sale_id: str) -> None:
        """At the operator's word."""
        with self._town.app.app_context(), writing() as session:
            unpark(session, session.get_one(Sale, sale_id))

    def sell(self, name: str, *, is_sold: bool) -> None:
        """Put a plan on the market, or take it off."""
        plan = sa.update(Plan).where(Plan.id == self._town.plan_ids[name])
        with self._town.app.app_context(), writing() as session:
            session.execute(plan.values(active=is_sold))
