"""Test that nobody comes in by RADIUS without having paid, whatever happens in whatever order.

What the server would tell is looked at after every single thing that happens.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.core.errors import Problem
from portal.models import Access, RadiusUser, Sale, utc_now
from portal.payments.methods import Method
from portal.sales.deferred.by_hand import book_return
from portal.sales.operator_refund import refund_sale
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from tests.model.environment import search_young_orders
from tests.support.environment import open_environment
from tests.support.radius.environment import AskingEnvironment
from tests.support.tills import DECLINED, GATEWAYS, Till

pytestmark = pytest.mark.long

SEED = int(os.environ.get("PORTAL_SEED", "20"))
EXAMPLES = int(os.environ.get("PORTAL_EXAMPLES", "6"))
STEPS = 10
MONEY_WENT_BACK = {"refunded", "charged_back", "canceled"}


class Events:
    """What may happen to sales at a router that asks us."""

    def __init__(self, environment: AskingEnvironment, lot: random.Random) -> None:
        self.environment, self.lot = environment, lot

    def happen(self) -> str:
        """Let something happen at one of the gateways; what it was, and where."""
        happens = self.lot.choice(
            (
                *(self.buy, self.decline, self.await_bank, self.extend, self.refund, self.end),
                *(self.ask_how_to_pay, self.pay, self.pay, self.return_by_hand),
            )
        )
        gateway = self.lot.choice(GATEWAYS)
        with self.environment.paid_at(gateway), suppress(Problem):
            happens()
        return f"{happens.__name__} at {gateway}"

    def buy(self, **wish: str | None) -> None:
        self.environment.send(self.environment.request(self.environment.visitor(), **wish))

    def decline(self) -> None:
        self.buy(token_tarjeta=DECLINED)

    def ask_how_to_pay(self) -> None:
        """Somebody wants to pay by transfer or in cash."""
        self.buy(metodo=self.lot.choice(("spei", "efectivo")), token_tarjeta=None)

    def pay(self) -> None:
        """Money comes from outside: enough or not, once or again, in time or late."""
        deferred = [sale for sale in self.environment.sales() if sale.method != Method.CARD]
        if deferred:
            sale = self.lot.choice(deferred)
            self._till_of(sale).pay(str(sale.order_id), self.lot.choice((2000, 2000, 500)))

    def _till_of(self, sale: Sale) -> Till:
        ids = self.environment.account_ids
        return next(
            till
            for name, till in self.environment.tills.items()
            if ids[name] == sale.gateway_account_id
        )

    def await_bank(self) -> None:
        """Somebody has to confirm, and does or does not."""
        till = self.environment.till
        till.ask_for_three_ds(True)
        self.buy()
        till.ask_for_three_ds(False)
        till.sandbox.challenge(
            str(self.environment.sales()[-1].order_id), passed=self.lot.random() < 0.5
        )

    def extend(self) -> None:
        if accesses := self.environment.accesses():
            chosen = self.lot.choice(accesses).id
            with self.environment.app.app_context():
                buy(PurchaseRequest(**self.environment.extension(chosen)))

    def refund(self) -> None:
        if sales := self.environment.sales():
            with self.environment.app.app_context():
                refund_sale(self.lot.choice(sales).id, "no navega")

    def return_by_hand(self) -> None:
        if sales := self.environment.sales():
            with self.environment.app.app_context():
                book_return(self.lot.choice(sales).id, "no navega")

    def let_time_run_out(self) -> None:
        """Nobody has paid what waits for its buyer, and the time to pay is over."""
        for till in self.environment.tills.values():
            for order_id in till.waiting_orders():
                till.expire(order_id)

    def end(self) -> None:
        """The time of all that is open is over."""
        over = utc_now() - timedelta(seconds=1)
        ended = sa.update(Access).where(Access.wanted == "enabled")
        with self.environment.app.app_context(), writing() as session:
            session.execute(ended.values(expires_at=over, next_attempt_at=over))


def unpaid(environment: AskingEnvironment, *, settled: bool) -> list[str]:
    """Who would be let in without money that is there, or was where the worker has not come yet."""
    with environment.app.app_context(), reading() as session:
        let_in = [user.access_id for user in session.query(RadiusUser).filter_by(disabled=False)]
        sales = session.query(Sale).filter(Sale.access_id.in_(let_in)).all()
    paid = {
        sale.access_id
        for sale in sales
        if sale.paid_at is not None and not (settled and sale.state in MONEY_WENT_BACK)
    }
    return [access_id for access_id in let_in if access_id not in paid]


@pytest.fixture
def environment(
    database_url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AskingEnvironment]:
    search_young_orders(monkeypatch)
    with open_environment(tmp_path, database_url, AskingEnvironment) as environment:
        yield environment


def test_nobody_comes_in_unpaid(environment: AskingEnvironment) -> None:
    print(f"PORTAL_SEED={SEED} PORTAL_EXAMPLES={EXAMPLES}")
    for example in range(EXAMPLES):
        environment.clear()
        events, told = Events(environment, random.Random(SEED + example)), list[str]()
        for _ in range(STEPS):
            told.append(events.happen())
            assert unpaid(environment, settled=False) == [], told
            if events.lot.random() < 0.5:
                environment.work()
                assert unpaid(environment, settled=True) == [], told
        events.let_time_run_out()
        environment.settle()
        assert environment.ledgers().wrong() == [], told
    assert environment.router.commands == []
