"""What goes wrong outside, at random: at the gateway, at the routers, and by people's hands."""

from __future__ import annotations

import heapq
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from random import Random

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal.database import reading
from portal.errors import Problem
from portal.models import Sale
from portal.operators import refunds
from portal.sandbox.conekta import Latency
from portal.sandbox.routeros import Fault, FaultKind, RouterSandbox, Trap
from portal.sandbox.routeros.paths import ACTIVE, USER
from tests.storm.deployment import ACTOR, COMPANIES_TOLD
from tests.storm.place import KEYS, LATENCY, STRANGERS, Place

COMMANDS = (None, f"{USER}/add", f"{USER}/set", f"{USER}/remove", f"{USER}/print", ACTIVE)
STRIKES = (
    FaultKind.CUT_BEFORE,
    FaultKind.CUT_AFTER,
    FaultKind.HANG,
    FaultKind.HANG_AFTER,
    FaultKind.DRIBBLE,
    FaultKind.GARBAGE,
    FaultKind.TRAP,
    FaultKind.FATAL,
    FaultKind.DELAY,
    FaultKind.REFUSE_LOGIN,
    FaultKind.TOO_MANY_SESSIONS,
)
CALLS = ("open_order", "charge", "charge", "charge", "look_up", "cancel", "refund", "list")
SPOILED = ("hang", "cut", "garbage", "status", "truncate")
STATUSES = (500, 502, 503, 504, 429, 401)


class Weather:
    """Faults every `pause` seconds on average, until it is over; `counts` says which.

    `undone` holds the e-mail addresses of purchases whose money somebody gave back.
    """

    def __init__(self, app: Flask, place: Place, seed: int, pause: float) -> None:
        self._app, self._place, self._pause = app, place, pause
        self._chance = Random(f"{seed}:weather")
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._down: set[RouterSandbox] = set()
        self._gateway_is_away = False
        self._deeds: dict[Callable[[], None], int] = {
            self._router_strikes: 45,
            self._gateway_spoils: 40,
            self._router_goes_down: 6,
            self._router_reboots: 6,
            self._router_is_reset: 2,
            self._somebody_deletes_a_user: 4,
            self._somebody_disables_a_user: 3,
            self._gateway_goes_away: 1,
            self._gateway_is_slow: 2,
            self._money_goes_back_outside: 2,
            self._operator_refunds: 3,
        }
        self.counts: Counter[str] = Counter()
        self.undone: set[str] = set()

    def rage(self, over: threading.Event) -> None:
        """Let things go wrong until it is `over`; then what was to be mended is mended."""
        while not over.wait(self._chance.uniform(0, 2 * self._pause)):
            self._mend(time.monotonic())
            deed = self._chance.choices(list(self._deeds), list(self._deeds.values()))[0]
            deed()
        self._mend(float("inf"))

    def clear(self) -> None:
        """Everything works again."""
        self._place.gateway.heal()
        self._place.gateway.slow(LATENCY)
        for router in self._place.routers:
            router.faults.clear()
            router.drop_connections()

    def _mend(self, until: float) -> None:
        while self._later and self._later[0][0] <= until:
            mend = heapq.heappop(self._later)[2]
            try:
                mend()
            except OSError:
                # Somebody's outgoing connection has drawn the port; it is free again soon.
                self._in(0.1, 0.3, mend)

    def _in(self, least: float, most: float, deed: Callable[[], None]) -> None:
        at = time.monotonic() + self._chance.uniform(least, most)
        heapq.heappush(self._later, (at, next(self._order), deed))

    def _router(self) -> RouterSandbox:
        return self._chance.choice(self._place.routers)

    def _router_strikes(self) -> None:
        kind = self._chance.choice(STRIKES)
        slow = {FaultKind.DELAY: self._chance.uniform(200, 1500), FaultKind.DRIBBLE: 20}
        self._router().faults.add(
            Fault(
                kind,
                self._chance.choice(COMMANDS),
                times=self._chance.choice((1, 1, 2, 3)),
                milliseconds=slow.get(kind, 0),
                message="failure: storm",
            )
        )
        self.counts[f"router: {kind.value.replace('_', ' ')}"] += 1

    def _router_goes_down(self) -> None:
        router = self._router()
        if router in self._down:
            return
        self._down.add(router)
        router.go_down()
        self._in(0.5, 4, lambda: self._router_comes_up(router))
        self.counts["router: down for seconds"] += 1

    def _router_comes_up(self, router: RouterSandbox) -> None:
        router.come_up()
        self._down.discard(router)

    def _router_reboots(self) -> None:
        self._router().reboot()
        self.counts["router: reboot with new ids"] += 1

    def _router_is_reset(self) -> None:
        router = self._router()
        router.reset()
        self._in(0.1, 1.5, lambda: self._place.furnish(router))
        self.counts["router: reset to empty"] += 1

    def _somebody_deletes_a_user(self) -> None:
        if self._by_hand("remove"):
            self.counts["user deleted by hand"] += 1

    def _somebody_disables_a_user(self) -> None:
        if self._by_hand("disable"):
            self.counts["user disabled by hand"] += 1

    def _by_hand(self, verb: str) -> bool:
        router = self._router()
        users = [row for name, row in router.users.items() if name not in STRANGERS]
        if not users:
            return False
        try:
            router.execute(f"{USER}/{verb}", numbers=self._chance.choice(users)[".id"])
        except Trap:
            return False
        return True

    def _gateway_spoils(self) -> None:
        action, executed = self._chance.choice(SPOILED), self._chance.random() < 0.6
        status = self._chance.choice(STATUSES)
        self._place.gateway.fail(
            action,
            self._chance.choice(CALLS),
            executed=executed,
            times=self._chance.choice((1, 1, 2)),
            status=status,
        )
        when = "after" if executed or action == "truncate" else "instead of"
        self.counts[f"gateway: {action} {when} executing"] += 1

    def _money_goes_back_outside(self) -> None:
        """An operator refunds in the gateway's own panel, and the gateway tells."""
        key = KEYS[self._chance.randrange(COMPANIES_TOLD)]
        paid = [o for o in self._place.gateway.orders(key) if o.get("payment_status") == "paid"]
        if paid:
            order = self._chance.choice(paid)
            self._place.gateway.refund(order["id"], order["amount"])
            self.undone.add(order["customer_info"]["email"])
            self.counts["refunded in the gateway's own panel"] += 1

    def _operator_refunds(self) -> None:
        """Somebody refunds a sale with Portal's own tool, while everything else goes on."""
        with self._app.app_context(), suppress(OperationalError, Problem):
            delivered = select(Sale.id, Sale.company_id, Sale.customer_email)
            with reading() as session:
                sales = session.execute(delivered.where(Sale.state == "delivered")).all()
            if sales:
                sale = self._chance.choice(sales)
                self.undone.add(sale.customer_email)
                self.counts["refunded by an operator"] += 1
                refunds.refund(ACTOR, sale.company_id, sale.id, "storm")

    def _gateway_goes_away(self) -> None:
        if self._gateway_is_away:
            return
        self._gateway_is_away = True
        self._place.gateway.unplug()
        self._in(0.3, 1.5, self._gateway_comes_back)
        self.counts["gateway: out of reach for seconds"] += 1

    def _gateway_comes_back(self) -> None:
        self._place.gateway.plug()
        self._gateway_is_away = False

    def _gateway_is_slow(self) -> None:
        self._place.gateway.slow(Latency(call=0.4, authorisation=1.0))
        self._in(1, 2.5, lambda: self._place.gateway.slow(LATENCY))
        self.counts["gateway: slow for seconds"] += 1
