"""What goes wrong outside, at random, one thing after the other."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from flask import Flask

from tests.chaos.environment import Place
from tests.chaos.fault_scheduler import FaultScheduler
from tests.chaos.gateway_faults import GatewayFaults
from tests.chaos.operators import Operators
from tests.chaos.router_faults import RouterFaults
from tests.chaos.scale import Scale

FIRST_FAULTS = 5


class FaultPlan:
    """Something goes wrong every now and then; `counts` says what."""

    def __init__(self, app: Flask, place: Place, seed: int, scale: Scale) -> None:
        self._pause, self._per_sale = scale.fault_pause, scale.faults_per_sale
        self._sky = FaultScheduler(seed)
        self._routers = RouterFaults(place, self._sky)
        self._gateway = GatewayFaults(place, self._sky)
        self._operators = Operators(app, place, self._sky)

    @property
    def counts(self) -> Counter[str]:
        """What went wrong how often."""
        return self._sky.counts

    @property
    def undone(self) -> set[str]:
        """E-mail addresses of purchases whose money an operator gave back."""
        return self._operators.undone

    def rage(self, over: threading.Event, begun: Callable[[], int]) -> None:
        """Let things go wrong until it is `over`; then what was to be mended is mended."""
        deeds = self._routers.deeds | self._gateway.deeds | self._operators.deeds
        chance = self._sky.chance
        while not over.wait(chance.uniform(0, 2 * self._pause)):
            self._sky.mend(time.monotonic())
            if self.counts.total() > FIRST_FAULTS + self._per_sale * begun():
                continue
            chance.choices(list(deeds), list(deeds.values()))[0]()
        while self._sky.owes:
            self._sky.mend(float("inf"))

    def clear(self) -> None:
        """Everything works again."""
        self._gateway.clear()
        self._routers.clear()
