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
from portal.sales.operator_refund import refund_sale
from portal.sales.purchase import buy
from portal.sales.request import PurchaseRequest
from tests.support.environment import open_environment
from tests.support.radius.environment import AskingEnvironment

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
        """Let something happen; what it was."""
        happens = self.lot.choice(
            (self.buy, self.decline, self.await_bank, self.extend, self.refund, self.end)
        )
        with suppress(Problem):
            happens()
        return happens.__name__

    def buy(self) -> None:
        self.environment.send(self.environment.request(self.environment.visitor()))

    def decline(self) -> None:
        declined = {"token_tarjeta": "tok_test_card_declined"}
        self.environment.send(self.environment.request(self.environment.visitor(), **declined))

    def await_bank(self) -> None:
        """Somebody has to confirm, and does or does not."""
        self.environment.gateway.behave(force_three_ds=True)
        self.buy()
        self.environment.gateway.behave(force_three_ds=False)
        for order in self.environment.ledgers().orders:
            if order.get("payment_status") == "pending_payment":
                self.environment.gateway.challenge(order["id"], passed=self.lot.random() < 0.5)

    def extend(self) -> None:
        if accesses := self.environment.accesses():
            chosen = self.lot.choice(accesses).id
            with self.environment.app.app_context():
                buy(PurchaseRequest(**self.environment.extension(chosen)))

    def refund(self) -> None:
        if sales := self.environment.sales():
            with self.environment.app.app_context():
                refund_sale(self.lot.choice(sales).id, "no navega")

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
def environment(database_url: str | None, tmp_path: Path) -> Iterator[AskingEnvironment]:
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
        environment.settle()
        assert environment.ledgers().wrong() == [], told
    assert environment.router.commands == []
