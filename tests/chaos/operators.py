"""Give money back as operators do, here and in the gateway's own panel."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal.core.database import reading
from portal.core.errors import Problem
from portal.models import Sale
from portal.operators import refunds
from tests.chaos.deployment import ACTOR, COMPANIES_TOLD
from tests.chaos.environment import KEYS, ChaosEnvironment
from tests.chaos.fault_scheduler import Action, FaultScheduler


class Operators:
    """`actions` are what they do, with their weights.

    `undone` holds the e-mail addresses of purchases whose money they gave back.
    """

    def __init__(
        self, app: Flask, environment: ChaosEnvironment, scheduler: FaultScheduler
    ) -> None:
        self._app, self._gateway = app, environment.gateway
        self._scheduler, self._chance = scheduler, scheduler.chance
        self.undone: set[str] = set()
        self.actions: dict[Action, int] = {self._refund: 3, self._refund_outside: 2}

    def _refund(self) -> None:
        with self._app.app_context(), suppress(OperationalError, Problem):
            delivered = select(Sale.id, Sale.company_id, Sale.customer_email)
            with reading() as session:
                sales = session.execute(delivered.where(Sale.state == "delivered")).all()
            if sales:
                sale = self._chance.choice(sales)
                self.undone.add(sale.customer_email)
                self._scheduler.counts["operator: refund"] += 1
                refunds.refund(ACTOR, sale.company_id, sale.id, "chaos")

    def _refund_outside(self) -> None:
        """Only the gateway's notice tells of it."""
        key = KEYS[self._chance.randrange(COMPANIES_TOLD)]
        paid = [o for o in self._gateway.orders(key) if o.get("payment_status") == "paid"]
        if paid:
            order = self._chance.choice(paid)
            self._gateway.refund(order["id"], order["amount"])
            self.undone.add(order["customer_info"]["email"])
            self._scheduler.counts["operator: refund in the gateway's own panel"] += 1
