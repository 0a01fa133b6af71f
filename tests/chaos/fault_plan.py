"""Let one thing after the other go wrong outside, at random."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Container

from tests.chaos.deployment import Deployment
from tests.chaos.environment import ChaosEnvironment
from tests.chaos.fault_scheduler import FaultScheduler
from tests.chaos.gateway_faults import GatewayFaults
from tests.chaos.operators import Operators
from tests.chaos.router_faults import RouterFaults
from tests.chaos.scale import Scale

FIRST_FAULTS = 5


class FaultPlan:
    """Something goes wrong every now and then; `counts` says what."""

    def __init__(
        self, deployment: Deployment, environment: ChaosEnvironment, seed: int, scale: Scale
    ) -> None:
        self._pause, self._per_sale = scale.fault_pause, scale.faults_per_sale
        self._scheduler = FaultScheduler(seed)
        self._routers = RouterFaults(environment, self._scheduler, tangle=scale.tangle)
        self._gateway = GatewayFaults(environment, self._scheduler)
        self._operators = Operators(deployment, environment, self._scheduler)
        self._radius = deployment.radius

    @property
    def counts(self) -> Counter[str]:
        """What went wrong how often."""
        weather = self._radius.counts if self._radius else Counter[str]()
        return self._scheduler.counts + weather

    @property
    def undone(self) -> set[str]:
        """E-mail addresses of purchases whose money an operator gave back."""
        return self._operators.undone

    def run(self, over: threading.Event, begun: Callable[[], int]) -> None:
        """Let things go wrong until it is `over`; then what was to be mended is mended."""
        actions = self._routers.actions | self._gateway.actions | self._operators.actions
        chance = self._scheduler.chance
        while not over.wait(chance.uniform(0, 2 * self._pause)):
            self._scheduler.mend(time.monotonic())
            if self._scheduler.counts.total() > FIRST_FAULTS + self._per_sale * begun():
                continue
            chance.choices(list(actions), list(actions.values()))[0]()
        while self._scheduler.owes:
            self._scheduler.mend(float("inf"))

    def clear(self) -> None:
        """Everything works again."""
        self._gateway.clear()
        self._routers.clear()
        if self._radius is not None:
            self._radius.calm_down()

    def give_back_refused(self) -> None:
        """Let operators give back what they are told that no gateway does."""
        self._operators.give_back_refused()

    def enable(self, marks: Container[str]) -> None:
        """Let operators follow what they are told of users whom they disabled by hand."""
        self._routers.enable(marks)
