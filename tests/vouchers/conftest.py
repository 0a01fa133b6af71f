"""Give a shop whose counter sells codes for cash, and what tests do there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.models import AdminUser, Plan, Voucher, VoucherBatch, utc_now
from portal.operators.people.sessions import Administrator
from portal.operators.vouchers.batches import BatchOrder, order_batch
from portal.operators.vouchers.codes import ToldCode, get_code
from portal.operators.vouchers.counter import CounterSale, sell_code
from portal.vouchers.making import claim_batch, make_codes
from tests.support.shop import OpenShop, Shop
from tests.support.tenants import ACTOR, make_user


class Counter:
    """A shop's counter, and the person behind it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        user = make_user(shop.app, shop.company_id)
        self.who = person(user)

    def sell(self, **said: Any) -> ToldCode:
        """Sell a code of the shop's plan."""
        with self.shop.app.app_context():
            sale = CounterSale(**({"plan_id": self.shop.plan_id} | said))
            sold = sell_code(ACTOR, self.shop.company_id, self.who, sale)
            return get_code(self.shop.company_id, sold)

    def order(self, number: int = 3, **said: Any) -> VoucherBatch:
        """Order a batch of the shop's plan."""
        values = {"plan_id": self.shop.plan_id, "number": number, "seller": "Abarrotes Lupe"}
        with self.shop.app.app_context():
            return order_batch(ACTOR, self.shop.company_id, BatchOrder(**(values | said)))

    def make(self, most: int = 1000) -> int:
        """Take the worker's steps until no batch is due, without its rests; how many it took."""
        steps = 0
        with self.shop.app.app_context():
            while steps < most:
                with writing() as session:
                    rests = VoucherBatch.next_attempt_at.is_not(None)
                    past = sa.text("created_at")
                    session.execute(
                        sa.update(VoucherBatch).where(rests).values(next_attempt_at=past)
                    )
                claim = claim_batch()
                if claim is None:
                    break
                make_codes(claim)
                steps += 1
        return steps

    def code(self, told: ToldCode) -> tuple[str, str]:
        """The name and password of a code."""
        with self.shop.app.app_context():
            return str(told.access.name), str(told.access.password)

    def vouchers(self) -> list[Voucher]:
        """All codes, in the order of their numbers."""
        with self.shop.app.app_context(), reading() as session:
            query = sa.select(Voucher).order_by(Voucher.batch_id, Voucher.number)
            return list(session.scalars(query))

    def terms(self, **values: Any) -> None:
        """Let the shop's plan have these terms."""
        self.shop.change(Plan, **values)


def person(user: AdminUser) -> Administrator:
    """Who is logged in, as this user."""
    return Administrator(
        user_id=user.id,
        email=user.email,
        name=user.name,
        role=user.role,
        company_id=user.company_id,
        session_id="ses_0",
        confirmed_at=utc_now(),
    )


MakeCounter = Callable[..., Counter]


@pytest.fixture
def make_counter(open_a_shop: OpenShop) -> MakeCounter:
    return lambda **settings: Counter(open_a_shop(**settings))


@pytest.fixture
def counter(shop: Shop) -> Counter:
    return Counter(shop)
