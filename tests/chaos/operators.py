"""Give money back as operators do, here and in the gateway's own panel."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal.alerts.kinds import AlertKind
from portal.core.database import reading
from portal.core.errors import Problem
from portal.models import Access, Alert, Sale, utc_now
from portal.operators import refunds
from portal.operators.online import courtesy
from portal.payments.methods import Method
from tests.chaos.deployment import ACTOR, COMPANIES_TOLD, Deployment
from tests.chaos.environment import KEYS, ChaosEnvironment
from tests.chaos.fault_scheduler import Action, FaultScheduler
from tests.support.ledgers import is_paid_outside


class Operators:
    """`actions` are what they do, with their weights.

    `undone` holds the e-mail addresses of purchases whose money they gave back.
    """

    def __init__(
        self, deployment: Deployment, environment: ChaosEnvironment, scheduler: FaultScheduler
    ) -> None:
        self._app, self._gateway = deployment.app, environment.gateway
        self._short = deployment.scale.short_seconds
        self._scheduler, self._chance = scheduler, scheduler.chance
        self.undone: set[str] = set()
        self.actions: dict[Action, int] = {
            self._refund: 3,
            self._refund_outside: 2,
            self._book_return: 3,
        }
        if deployment.radius is not None:
            self.actions[self._extend] = 4

    def _refund(self) -> None:
        with self._app.app_context(), suppress(OperationalError, Problem):
            delivered = select(Sale.id, Sale.company_id, Sale.customer_email)
            by_card = (Sale.state == "delivered") & (Sale.method == Method.CARD)
            with reading() as session:
                sales = session.execute(delivered.where(by_card)).all()
            if sales:
                sale = self._chance.choice(sales)
                self.undone.add(sale.customer_email)
                self._scheduler.counts["operator: refund"] += 1
                refunds.refund(ACTOR, sale.company_id, sale.id, "chaos")

    def _book_return(self) -> None:
        """Of money from outside, which no gateway gives back, be it all or too little."""
        with self._app.app_context(), suppress(OperationalError, Problem):
            came = (Sale.state == "delivered") | Sale.parked_reason.is_not(None)
            from_outside = select(Sale).where(came, Sale.method != Method.CARD)
            with reading() as session:
                sales = session.scalars(from_outside).all()
            back = [sale for sale in sales if refunds.ways_back(sale).by_hand]
            if back:
                self._give_back(self._chance.choice(back))

    def give_back_refused(self) -> None:
        """All that they are told to, of what no gateway gives back and no router opens for."""
        refused = (Alert.kind == AlertKind.REFUND_REFUSED) & Alert.resolved_at.is_(None)
        paid = select(Sale).join(Alert, Alert.subject == Sale.id).where(Sale.state == "paid")
        with self._app.app_context(), suppress(OperationalError, Problem):
            with reading() as session:
                sales = session.scalars(paid.where(refused)).all()
            for sale in sales:
                self._give_back(sale)

    def _give_back(self, sale: Sale) -> None:
        self.undone.add(sale.customer_email)
        refunds.book_return(ACTOR, sale.company_id, sale.id, "SPEI 123")
        self._scheduler.counts["operator: refund by hand, booked"] += 1

    def _extend(self) -> None:
        """Give time to somebody whose time will soon be over."""
        short = (Access.wanted == "enabled") & (Access.expires_at > utc_now())
        short &= Access.duration_seconds < 3 * self._short
        with self._app.app_context(), suppress(OperationalError, Problem):
            with reading() as session:
                found = session.execute(select(Access.id, Access.company_id).where(short)).all()
            if found:
                access = self._chance.choice(found)
                self._scheduler.counts["operator: time given"] += 1
                courtesy.give(
                    ACTOR, access.company_id, access.id, seconds=self._short, reason="chaos"
                )

    def _refund_outside(self) -> None:
        """Only the gateway's notice tells of it."""
        key = KEYS[self._chance.randrange(COMPANIES_TOLD)]
        paid = [
            order
            for order in self._gateway.orders(key)
            if order.get("payment_status") == "paid" and not is_paid_outside(order)
        ]
        if paid:
            order = self._chance.choice(paid)
            self._gateway.refund(order["id"], order["amount"])
            self.undone.add(order["customer_info"]["email"])
            self._scheduler.counts["operator: refund in the gateway's own panel"] += 1
