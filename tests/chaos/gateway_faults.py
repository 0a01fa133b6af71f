"""Let things go wrong at the gateway."""

from __future__ import annotations

from collections.abc import Sequence

from portal.sandbox.conekta import Latency
from portal.sandbox.gateway.running import RunningGateway
from tests.chaos.environment import LATENCY, ChaosEnvironment
from tests.chaos.fault_scheduler import Action, FaultScheduler

OF_FIRST, OF_SECOND = ("frame",), ("transaction",)
CALLS = ("open_order", "charge", "charge", "charge", "look_up", "cancel", "refund", "list")
SPOILED = ("hang", "cut", "garbage", "status", "truncate")
STATUSES = (500, 502, 503, 504, 429, 401)
SLOW = Latency(call=0.4, authorisation=1.0)


class GatewayFaults:
    """`actions` are what can go wrong, with their weights.

    The second one is out of reach when it is lost, and never besides.
    """

    def __init__(self, environment: ChaosEnvironment, scheduler: FaultScheduler) -> None:
        self._gateway, self._second = environment.gateway, environment.second
        self._scheduler, self._chance = scheduler, scheduler.chance
        self._is_away = False
        self.actions: dict[Action, int] = {
            self._spoil: 25,
            self._spoil_second: 15,
            self._go_away: 1,
            self._slow_down: 2,
        }

    def clear(self) -> None:
        """They work properly again, and what hangs is let go."""
        self._gateway.heal()
        self._second.heal()
        self._speed_up()

    def _spoil(self) -> None:
        self._spoil_at(self._gateway, "gateway", CALLS + OF_FIRST)

    def _spoil_second(self) -> None:
        self._spoil_at(self._second, "second gateway", CALLS + OF_SECOND)

    def _spoil_at(self, gateway: RunningGateway, name: str, calls: Sequence[str]) -> None:
        """An answer, or the call itself: what is truncated was always executed."""
        action = self._chance.choice(SPOILED)
        executed = action == "truncate" or self._chance.random() < 0.6
        gateway.fail(
            action,
            self._chance.choice(calls),
            executed=executed,
            times=self._chance.choice((1, 1, 2)),
            status=self._chance.choice(STATUSES),
        )
        when = "after" if executed else "instead of"
        self._scheduler.counts[f"{name}: {action} {when} executing"] += 1

    def _go_away(self) -> None:
        if self._is_away:
            return
        self._is_away = True
        self._gateway.unplug()
        self._scheduler.later(0.3, 1.5, self._come_back)
        self._scheduler.counts["gateway: out of reach for seconds"] += 1

    def _come_back(self) -> None:
        self._gateway.plug()
        self._is_away = False

    def _slow_down(self) -> None:
        for gateway in (self._gateway, self._second):
            gateway.slow(SLOW)
        self._scheduler.later(1, 2.5, self._speed_up)
        self._scheduler.counts["gateway: slow for seconds"] += 1

    def _speed_up(self) -> None:
        for gateway in (self._gateway, self._second):
            gateway.slow(LATENCY)
