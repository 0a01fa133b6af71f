"""Put a company in trouble beside one that is not: slow routers, a slow gateway, many notices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, Self

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.core.database import reading, writing
from portal.models import Access, GatewayAccount, Job, Router, Sale, WebhookEvent, utc_now
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.conekta.settings import Latency
from portal.sandbox.routeros import RouterSandbox
from tests.support.shop import MAC, ROUTER_PASSWORD, Shop, add_router

BULLY_KEY = "key_bully1Private2Key3xyz"
ROUTERS = 16
DRIBBLE_MILLISECONDS = 250
SLOW_GATEWAY_SECONDS = 3.0
LONG_AGO = timedelta(minutes=5)


class Bully:
    """The company whose trouble must stay its own, as a context manager: its routers dribble,
    customers there have paid, its gateway key is slow, and `events` notices about `sales` sales
    of it wait.

    Its gateway is the good shop's, where only its own key is slow.
    """

    def __init__(self, app: Flask, gateway: ConektaSandbox, sales: int, events: int) -> None:
        self._app, self._gateway = app, gateway
        self._sales, self._events = sales, events
        self._stack = ExitStack()
        self.routers: list[RouterSandbox] = []
        self.company_id = ""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for _ in range(ROUTERS):
                router = stack.enter_context(RouterSandbox(password=ROUTER_PASSWORD))
                self.routers.append(router)
            self._furnish()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    def begin(self) -> None:
        """All its trouble at once, and everything of it due for long."""
        for router in self.routers:
            router.faults.dribble(DRIBBLE_MILLISECONDS, times=None)
        self._gateway.slow(Latency(keys={BULLY_KEY: SLOW_GATEWAY_SECONDS}))
        with self._app.app_context(), writing() as session:
            session.execute(sa.insert(WebhookEvent), list(self._notices()))
            # The first customer of one of its routers has planned some of them.
            mine = Job.company_id == self.company_id
            session.execute(sa.delete(Job).where(mine))
            session.execute(sa.insert(Job), list(self._jobs(session)))
            self._pay(session)

    def end(self) -> None:
        """Let go of whoever waits for it."""
        for router in self.routers:
            router.go_down()
        self._gateway.slow(Latency())

    def held(self) -> int:
        """How many of its jobs, sales and notices somebody works on."""
        with self._app.app_context(), reading() as session:
            return sum(
                session.scalar(
                    sa.select(sa.func.count())
                    .select_from(record)
                    .where(record.company_id == self.company_id, record.lease.is_not(None))
                )
                or 0
                for record in (Job, Sale, WebhookEvent)
            )

    def _furnish(self) -> None:
        first = self.routers[0]
        first.add_profile("1hora")
        shop = Shop(self._app, first, self._gateway)
        self.company_id = shop.company_id
        with self._app.app_context(), writing() as session:
            mine = sa.select(GatewayAccount).where(GatewayAccount.company_id == self.company_id)
            session.scalars(mine).one().private_key = BULLY_KEY
        reference = shop.buy(mac_cliente=MAC).json["referencia"]
        with self._app.app_context(), writing() as session:
            self._multiply(session, reference)

    def _multiply(self, session: Session, reference: str) -> None:
        """Copies of its one sale, and of its one access on each further router."""
        sale = dict(session.execute(sa.select(Sale.__table__)).mappings().one())
        assert sale["id"] == reference
        access = dict(session.execute(sa.select(Access.__table__)).mappings().one())
        for number in range(self._sales):
            session.execute(sa.insert(Sale.__table__).values(sale | _unlike(number)))
        for number, sandbox in enumerate(self.routers[1:]):
            router = add_router(session, self.company_id, sandbox, f"Patio {number}")
            own = {"id": f"acc_bully{number}", "router_id": router.id}
            session.execute(sa.insert(Access.__table__).values(access | own))
            row = session.get_one(Access, own["id"])
            row.name, row.password = f"BULLY{number}", "1234"

    def _pay(self, session: Session) -> None:
        """Its customers at the further routers have paid, and wait for them to answer."""
        mine = sa.select(Access).where(Access.id.startswith("acc_bully"))
        for number, access in enumerate(session.scalars(mine)):
            waits = {"access_id": access.id, "router_id": access.router_id, "state": "paid"}
            waits |= {"next_attempt_at": utc_now() - LONG_AGO, "paid_at": utc_now()}
            one = sa.update(Sale).where(Sale.id == _unlike(number)["id"])
            session.execute(one.values(waits))
            access.actual = "disabled"

    def _notices(self) -> Iterator[dict[str, Any]]:
        for number in range(self._events):
            sale = _unlike(number % self._sales)
            yield {
                "company_id": self.company_id,
                "event_id": f"evt_bully{number}",
                "type": "order.paid",
                "order_id": sale["order_id"],
                "reference": sale["id"],
                "body": json.dumps({"id": number}),
                "signed": True,
                "received_at": utc_now(),
                "next_attempt_at": utc_now() - LONG_AGO,
                "attempts": 0,
            }

    def _jobs(self, session: Session) -> Iterator[dict[str, Any]]:
        mine = sa.select(Router.id).where(Router.company_id == self.company_id)
        for router_id in session.scalars(mine):
            yield {
                "id": f"usage_sync:{router_id}",
                "company_id": self.company_id,
                "next_attempt_at": utc_now() - LONG_AGO,
                "attempts": 0,
            }


def _unlike(number: int) -> dict[str, str]:
    return {
        "id": f"sal_bully{number}",
        "device": f"bully{number}",
        "idempotency_key": f"bully{number}",
        "order_id": f"ord_bully{number}",
    }
