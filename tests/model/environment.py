"""Let everything happen that the model knows of, and see what is to be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa

from portal.access.desired_state import plan_rounds
from portal.access.payment_pass.removal import DUE_PASSES, remove_pass
from portal.access.payment_pass.terms import PASS_KILOBITS, PROFILE
from portal.core.database import reading, writing
from portal.core.records import Base, UtcDateTime
from portal.models import (
    Access,
    Alert,
    Company,
    PaymentPass,
    Plan,
    RouterContact,
    Sale,
    WebhookEvent,
    utc_now,
)
from portal.payments.methods import Method
from portal.sales.claims import step_seconds
from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.menus import durations, paths
from portal.worker import orphan_orders
from portal.worker.dispatcher import MONEY, PAID, do_guarded
from portal.worker.turns import Queue, Step
from tests.model import model_access, model_pass
from tests.model.fault_plan import (
    GATEWAY_CALLS,
    ROUTER_COMMANDS,
    UNPLUGGED,
    Fate,
    GatewayPlan,
    RouterPlan,
)
from tests.support.environment import RECORDS, Environment, Visitor, open_environment
from tests.support.tills import Till

DAY, HOUR = 24 * 3600, 3600
# Longer than Conekta gives back what a card has paid.
TOO_LONG = 31 * DAY
PACKAGE = 20_000 * model_access.BYTES_PER_SECOND
DAILY = model_access.Plan("day", "purchase", DAY)
HOURLY = model_access.Plan("hour", "connected", HOUR)
FIRST_USE = model_access.Plan("first use", "first_use", DAY)
DATA = model_access.Plan("data", None, None, PACKAGE)
BOTH = model_access.Plan("day of data", "purchase", DAY, PACKAGE)
PLANS = (DAILY, HOURLY, FIRST_USE, DATA, BOTH)
BYSTANDERS = {"owner": "", "neighbour": "portal:0123456789ab:acc_0"}
RATE = f"{PASS_KILOBITS}k/{PASS_KILOBITS}k"
# Whoever tries cards and codes out is another test's.
UNGUARDED = {
    "code_tries": 10_000,
    "address_sales": 0,
    "address_declines": 0,
    "router_declines": 0,
    "address_reconnections": 0,
}
PASSES = Step(DUE_PASSES, step_seconds, remove_pass)
# What happens at the end of an access is due when it ends, and nothing else is due then.
AT_ITS_END = timedelta(seconds=30)


Json = dict[str, Any]
Users = Mapping[str, dict[str, str]]


@dataclass(frozen=True)
class Records:
    """Our ledger, and what stands before the operator; oldest first."""

    sales: Sequence[Sale]
    accesses: Sequence[Access]
    passes: Sequence[PaymentPass]
    alerts: Sequence[Alert]


ALL_RECORDS: tuple[sa.Select[Any], ...] = (
    sa.select(Sale).order_by(Sale.created_at),
    sa.select(Access).order_by(Access.created_at),
    sa.select(PaymentPass).order_by(PaymentPass.created_at),
    sa.select(Alert).where(Alert.resolved_at.is_(None)).order_by(Alert.id),
)

SALE_TOLD_OF = sa.select(Sale.created_at).where(Sale.id == WebhookEvent.reference)
# What comes first where several are due.
IN_ORDER: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (Sale, (Sale.created_at,)),
    (Access, (Access.created_at,)),
    (WebhookEvent, (SALE_TOLD_OF.scalar_subquery(), WebhookEvent.id)),
)

# What is due at some time, and ends at some time.
ALL_ENDING: tuple[sa.Select[Any], ...] = tuple(
    sa.select(kind).where(kind.next_attempt_at.is_not(None), kind.expires_at.is_not(None))
    for kind in (Access, PaymentPass)
)


@dataclass(frozen=True)
class Seen:
    """One access on the router. Limits in seconds and bytes."""

    is_enabled: bool
    is_online: bool
    seconds: int | None
    data: int | None


class ModelEnvironment(Environment):
    """A shop with plans that count in every way, and a router whose clock moves when it is told."""

    def _furnish(self) -> None:
        self.plan_ids: dict[str, int] = {}
        super()._furnish()
        with writing() as session:
            for plan in PLANS:
                self.plan_ids[plan.name] = self._add_plan(session, plan)
            company = session.get_one(Company, self.company_id)
            company.passes_per_device = model_pass.OF_DEVICE
            company.passes_per_router = model_pass.OF_ROUTER
            # Or the first sale of all would plan rounds that come by the clock of this machine.
            plan_rounds(session, self.router_id, self.company_id)
        self._events, self._unplugged = count(1), set[str]()

    def _add_plan(self, session: Any, plan: model_access.Plan) -> int:
        row = Plan(
            company_id=self.company_id,
            router_id=self.router_id,
            name=plan.name,
            amount=2000,
            profile_name="1hora",
            duration_seconds=plan.seconds,
            duration_from=plan.counts,
            data_limit=plan.data,
        )
        session.add(row)
        session.flush()
        return row.id

    def begin(self) -> None:
        """Nothing has happened yet."""
        for name, till in self.tills.items():
            self.set_gateway(GatewayPlan(), name)
            till.sandbox.reset_figures()
        self.set_router(RouterPlan())
        self.clear()
        self.change(Plan, active=True)
        self._visitors: list[Visitor] = []
        self.reset_router()
        self.untouched = self.bystanders(self.router.users)

    def visitor(self) -> Visitor:
        """Somebody new, with a device in the hotspot."""
        visitor = super().visitor()
        self._visitors.append(visitor)
        return visitor

    def reset_router(self) -> None:
        """As from the factory, then set up again by its operator; devices find the WiFi again."""
        self.router.reset()
        self.router.add_profile("1hora", add_mac_cookie="no")
        self.router.add_profile(PROFILE, add_mac_cookie="no", rate_limit=RATE)
        for name, comment in BYSTANDERS.items():
            self.router.add_user(name, "1234", comment=comment, profile="1hora")
        for visitor in self._visitors:
            self.router.join(visitor.mac, visitor.ip)

    def bystanders(self, users: Users) -> list[dict[str, str]]:
        """Users of others, of those on the router."""
        return [{k: v for k, v in users[name].items() if k != ".id"} for name in BYSTANDERS]

    def set_gateway(self, fault_plan: GatewayPlan, name: str) -> None:
        """Let calls to this gateway fail so, and others not any more."""
        sandbox = self.tills[name].sandbox
        sandbox.heal()
        if (fault_plan == UNPLUGGED) != (name in self._unplugged):
            self._unplugged ^= {name}
            (sandbox.unplug if name in self._unplugged else sandbox.plug)()
        if name in self._unplugged:
            return
        for call in GATEWAY_CALLS:
            fate = getattr(fault_plan, call)
            if fate is not Fate.DONE:
                sandbox.fail("status", call, executed=fate.arrives, times=None, status=502)
        if not fault_plan.looks:
            sandbox.fail("status", "look_up", "list", times=None, status=502)

    def set_router(self, fault_plan: RouterPlan) -> None:
        """Let commands of the router fail so, and others not any more."""
        self.router.faults.clear()
        self.router.go_down()
        if fault_plan.is_up:
            self.router.come_up()
        for command in ROUTER_COMMANDS:
            fate = getattr(fault_plan, command)
            if fate is Fate.LOST:
                self.router.faults.cut_before(f"{paths.USER}/{command}", times=None)
            elif fate is Fate.UNHEARD:
                self.router.faults.cut_after(f"{paths.USER}/{command}", times=None)

    def pass_time(self, seconds: int) -> None:
        """All that was written down happened so many seconds earlier."""
        self.router.clock.advance(seconds)
        with self.app.app_context(), writing() as session:
            for name in RECORDS:
                table = Base.metadata.tables[name]
                moments = [c for c in table.c if isinstance(c.type, UtcDateTime)]
                for row in session.execute(sa.select(table)).mappings().all():
                    earlier = {c: row[c] - timedelta(seconds=seconds) for c in moments if row[c]}
                    if earlier:
                        session.execute(
                            sa.update(table).where(table.c.id == row["id"]).values(earlier)
                        )

    def end_time_to_pay(self) -> None:
        """No deferred payment has time left any more."""
        deferred = sa.update(Sale).where(Sale.method != Method.CARD)
        with self.app.app_context(), writing() as session:
            session.execute(deferred.values(payable_until=utc_now() - timedelta(hours=2)))

    def work(self) -> int:
        """One pass of the worker, kind after kind; passes that are over go first, and at its end.

        Where kinds take turns it is by chance which access is asked before its router is left
        alone, and whether a pass goes in the same pass in which its sale is decided.
        """
        self.make_due()
        begun = monotonic()
        with self.app.app_context():
            done = sum(_work_off(step, begun) for step in (PASSES, PAID, *MONEY))
            return done + _work_off(PASSES)

    def _set_due(self, moment: datetime, visitor: Visitor | None) -> None:
        with self.app.app_context(), reading() as session:
            ending = [row for query in ALL_ENDING for row in session.scalars(query)]
        kept = [row for row in ending if _waits_for_its_end(row)]
        super()._set_due(moment, visitor)
        with self.app.app_context(), writing() as session:
            for row in kept:
                same = sa.update(type(row)).where(type(row).id == row.id)
                session.execute(same.values(next_attempt_at=row.next_attempt_at))
            for kind, oldest_first in IN_ORDER:
                due = sa.select(kind).where(kind.next_attempt_at <= max(moment, utc_now()))
                for nth, row in enumerate(session.scalars(due.order_by(*oldest_first))):
                    row.next_attempt_at = moment + timedelta(seconds=nth)
            # Who is asked again because the router answers is the outages' test.
            session.execute(sa.update(RouterContact).values(silent_since=None))

    def tell(self, till: Till, order_id: str, copies: int) -> None:
        """The gateway posts an event about an order, so many times."""
        notice = till.notice(order_id, "updated", next(self._events))
        for _ in range(copies):
            path = f"/api/v1/webhooks/{till.provider}/{self.company_id}"
            answer = self.app.test_client().post(path, data=notice, content_type="application/json")
            assert answer.status_code == 200, answer.json

    def orders(self) -> dict[str, Json]:
        """The orders at both gateways by the sale that they name; there is never a second."""
        listed = [order for till in self.tills.values() for order in till.orders_seen()]
        found = {order["metadata"]["reference_id"]: order for order in listed}
        assert len(found) == len(listed), f"{len(listed)} orders of {len(found)} sales"
        return found

    def records(self) -> Records:
        """All that stands in the database of it."""
        with self.app.app_context(), reading() as session:
            return Records(*(session.scalars(query).all() for query in ALL_RECORDS))

    def users(self, users: Users) -> Iterator[tuple[str, Seen]]:
        """This deployment's own of those on the router, by access or pass."""
        online = {session["user"] for session in self.router.active}
        for name, row in users.items():
            if row.get("comment", "").startswith(self.mark_prefix):
                yield row["comment"].removeprefix(self.mark_prefix), _seen(row, name in online)


def _work_off(step: Step, begun: float | None = None) -> int:
    """All of one kind that is due, or was so at a moment of the process' clock."""
    queue, done = Queue((step,), ()), 0
    while taken := queue.take(0.0 if begun is None else monotonic() - begun):
        do_guarded(*taken)
        done += 1
    return done


def _seen(row: dict[str, str], is_online: bool) -> Seen:
    uptime, data = row.get("limit-uptime"), row.get("limit-bytes-total")
    return Seen(
        row.get("disabled", "false") == "false",
        is_online,
        int(durations.parse(uptime)) if uptime else None,
        int(data) if data else None,
    )


def _waits_for_its_end(row: Access | PaymentPass) -> bool:
    assert row.next_attempt_at is not None
    assert row.expires_at is not None
    return abs(row.next_attempt_at - row.expires_at) < AT_ITS_END


def search_young_orders(patch: pytest.MonkeyPatch) -> None:
    """Let the search for stray orders look at those, too, that were opened just now."""
    patch.setattr(orphan_orders, "GRACE", timedelta(days=-36_500))


def open_model_environment(
    instance: Path, database_url: str | None, **settings: Any
) -> AbstractContextManager[ModelEnvironment]:
    """An environment of its own while the block lasts."""
    clock = Clock(frozen_at=utc_now().timestamp())
    options = UNGUARDED | {"log_level": "CRITICAL"} | settings
    return open_environment(instance, database_url, kind=ModelEnvironment, clock=clock, **options)
