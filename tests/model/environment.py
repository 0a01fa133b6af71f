"""Let everything happen that the model knows of, and see what is to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.core.database import writing
from portal.core.records import Base, UtcDateTime
from portal.models import Access, Plan, Sale, utc_now
from portal.payments.methods import Method
from portal.sandbox.routeros.clock import Clock
from portal.sandbox.routeros.menus import durations, paths
from tests.model import model_access
from tests.model.fault_plan import (
    GATEWAY_CALLS,
    ROUTER_COMMANDS,
    UNPLUGGED,
    Fate,
    GatewayPlan,
    RouterPlan,
)
from tests.support.environment import RECORDS, Environment, Visitor, open_environment

DAY, HOUR = 24 * 3600, 3600
MONTH = 31 * DAY
PACKAGE = 20_000 * model_access.BYTES_PER_SECOND
DAILY = model_access.Plan("day", "purchase", DAY)
HOURLY = model_access.Plan("hour", "connected", HOUR)
FIRST_USE = model_access.Plan("first use", "first_use", DAY)
DATA = model_access.Plan("data", None, None, PACKAGE)
BOTH = model_access.Plan("day of data", "purchase", DAY, PACKAGE)
PLANS = (DAILY, HOURLY, FIRST_USE, DATA, BOTH)
BYSTANDERS = {"owner": "", "neighbour": "portal:0123456789ab:acc_0"}
# Whoever tries cards and codes out is another test's.
UNGUARDED = {
    "code_tries": 10_000,
    "address_sales": 0,
    "address_declines": 0,
    "router_declines": 0,
    "address_reconnections": 0,
}
# What happens at the end of an access is due when it ends, and nothing else is due then.
AT_ITS_END = timedelta(seconds=30)


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
        self._events, self._is_plugged, self._months = count(1), True, 0

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
        self.set_gateway(GatewayPlan())
        self.set_router(RouterPlan())
        self.clear()
        self.gateway.reset_figures()
        self.let_months_pass(-self._months)
        self.change(Plan, active=True)
        self._visitors: list[Visitor] = []
        self.reset_router()

    def visitor(self) -> Visitor:
        """Somebody new, with a device in the hotspot."""
        visitor = super().visitor()
        self._visitors.append(visitor)
        return visitor

    def reset_router(self) -> None:
        """As from the factory, then set up again by its operator; devices find the WiFi again."""
        self.router.reset()
        self.router.add_profile("1hora", add_mac_cookie="no")
        for name, comment in BYSTANDERS.items():
            self.router.add_user(name, "1234", comment=comment, profile="1hora")
        for visitor in self._visitors:
            self.router.join(visitor.mac, visitor.ip)

    def bystanders(self) -> list[dict[str, str]]:
        """Users of others, as they should always be."""
        users = self.router.users
        return [{k: v for k, v in users[name].items() if k != ".id"} for name in BYSTANDERS]

    def set_gateway(self, fault_plan: GatewayPlan) -> None:
        """Let calls to the gateway fail so, and others not any more."""
        self.gateway.heal()
        if self._is_plugged != (fault_plan != UNPLUGGED):
            self._is_plugged = not self._is_plugged
            (self.gateway.plug if self._is_plugged else self.gateway.unplug)()
        if not self._is_plugged:
            return
        for call in GATEWAY_CALLS:
            fate = getattr(fault_plan, call)
            if fate is not Fate.DONE:
                self.gateway.fail("status", call, executed=fate.arrives, times=None, status=502)
        if not fault_plan.looks:
            self.gateway.fail("status", "look_up", "list", times=None, status=502)

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

    def let_months_pass(self, months: int = 1) -> None:
        """At the gateway; orders are read by when they were made, so the future is no harm."""
        self._months += months
        self.gateway.advance(months * MONTH)

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
        """Nobody has time to pay later any more."""
        later = sa.update(Sale).where(Sale.method != Method.CARD)
        with self.app.app_context(), writing() as session:
            session.execute(later.values(payable_until=utc_now() - timedelta(hours=2)))

    def _set_due(self, moment: datetime, visitor: Visitor | None) -> None:
        kept = [a for a in self.accesses() if _waits_for_its_end(a)]
        super()._set_due(moment, visitor)
        with self.app.app_context(), writing() as session:
            for access in kept:
                same = sa.update(Access).where(Access.id == access.id)
                session.execute(same.values(next_attempt_at=access.next_attempt_at))

    def tell(self, order_id: str, copies: int) -> None:
        """The gateway posts an event about an order, so many times."""
        notice = self.till.notice(order_id, "updated", next(self._events))
        for _ in range(copies):
            path = f"/api/v1/webhooks/conekta/{self.company_id}"
            answer = self.app.test_client().post(path, data=notice, content_type="application/json")
            assert answer.status_code == 200, answer.json

    def order_of(self, sale_id: str) -> dict[str, Any] | None:
        """The order with the sale's reference; there is never a second."""
        orders = self.gateway.orders(self.till.private_key)
        found = [o for o in orders if o["metadata"].get("reference_id") == sale_id]
        assert len(found) <= 1, f"{len(found)} orders of {sale_id}"
        return found[0] if found else None

    def users(self) -> Iterator[tuple[str, Seen]]:
        """Those of this deployment, by access."""
        online = {session["user"] for session in self.router.active}
        for name, row in self.router.users.items():
            if row.get("comment", "").startswith(self.mark_prefix):
                yield row["comment"].removeprefix(self.mark_prefix), _seen(row, name in online)


def _seen(row: dict[str, str], is_online: bool) -> Seen:
    uptime, data = row.get("limit-uptime"), row.get("limit-bytes-total")
    return Seen(
        row.get("disabled", "false") == "false",
        is_online,
        int(durations.parse(uptime)) if uptime else None,
        int(data) if data else None,
    )


def _waits_for_its_end(access: Access) -> bool:
    if access.next_attempt_at is None or access.expires_at is None:
        return False
    return abs(access.next_attempt_at - access.expires_at) < AT_ITS_END


def open_model_environment(
    instance: Path, database_url: str | None, **settings: Any
) -> AbstractContextManager[ModelEnvironment]:
    """An environment of its own while the block lasts."""
    clock = Clock(frozen_at=utc_now().timestamp())
    options = UNGUARDED | {"log_level": "CRITICAL"} | settings
    return open_environment(instance, database_url, kind=ModelEnvironment, clock=clock, **options)
