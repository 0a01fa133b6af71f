"""Log customers in at the routers that ask RADIUS, and measure how long each of them waits."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from portal.models import utc_now
from portal.sandbox.routeros import Refusal, RouterSandbox
from tests.chaos.environment import ChaosEnvironment, ip_of, mac_of
from tests.chaos.purchases import Purchase
from tests.support.ledgers import Finding, Ledgers

SILENCE = "RADIUS server is not responding"
PAUSE_SECONDS = 0.2
# Somebody gives up after so many times as long as anybody may have to wait.
GIVES_UP = 3.0
COMES_AGAIN = 0.3


@dataclass
class Wait:
    """One login of somebody who paid. `seconds` from the first try while the router was on."""

    email: str
    reference: str
    seconds: float = 0.0
    is_in: bool = False
    ended_at: datetime = field(default_factory=utc_now)
    told: Counter[str] = field(default_factory=Counter)

    def is_owed(self, ledgers: Ledgers) -> bool:
        """Whether what was bought had not ended by then."""
        sale = next((sale for sale in ledgers.sales if sale.id == self.reference), None)
        ends = ledgers.access_of(sale).expires_at if sale else None
        return sale is not None and (ends is None or ends > self.ended_at)


class Logins:
    """Of the routers by their numbers; `waits` are all so far.

    Nobody may wait for longer than `longest` seconds.
    """

    def __init__(
        self,
        environment: ChaosEnvironment,
        routers: Mapping[int, RouterSandbox],
        seed: int,
        longest: float,
    ) -> None:
        self._environment, self._routers, self._seed = environment, routers, seed
        self._gives_up = GIVES_UP * longest
        self.waits: list[Wait] = []

    @property
    def let_in(self) -> int:
        """How many logins have succeeded so far."""
        return sum(wait.is_in for wait in list(self.waits))

    def visit(self, purchase: Purchase, over: threading.Event) -> None:
        """Let whoever was told credentials in, some of them out and in again; then they stay."""
        router = self._routers.get(purchase.scenario.router)
        if router is None or (told := purchase.credentials) is None:
            return
        chance = Random(f"{self._seed}:login:{purchase.scenario.number}")
        if self._enter(purchase, router, told, chance, over) and chance.random() < COMES_AGAIN:
            over.wait(chance.uniform(0.1, 2.0))
            try:
                router.log_out(mac_of(purchase.scenario.customer))
            except Refusal:
                # The router has lost its sessions meanwhile.
                return
            self._enter(purchase, router, told, chance, over)

    def _enter(
        self,
        purchase: Purchase,
        router: RouterSandbox,
        told: tuple[str, str],
        chance: Random,
        over: threading.Event,
    ) -> bool:
        wait = Wait(purchase.scenario.email, purchase.reference or "")
        address, manner = (
            ip_of(purchase.scenario.customer),
            chance.choice(("http-chap", "http-pap")),
        )
        since = time.monotonic()
        while not (over.is_set() or wait.is_in or wait.seconds > self._gives_up):
            mishaps = self._environment.mishaps[router]
            try:
                router.log_in(*told, address, login_by=manner)
                wait.is_in = True
            except Refusal as refused:
                said = str(refused)
            was_on = router.is_up and mishaps == self._environment.mishaps[router]
            if not wait.is_in and not (was_on and router.rows("/radius")):
                # Off, or being set up: nobody could let anybody in there.
                since = time.monotonic()
            elif not wait.is_in:
                wait.told["unanswered" if said == SILENCE else said] += 1
            wait.seconds, wait.ended_at = time.monotonic() - since, utc_now()
            if not wait.is_in:
                over.wait(PAUSE_SECONDS)
        self.waits.append(wait)
        return wait.is_in


def find_refused(
    waits: list[Wait], ledgers: Ledgers, undone: Container[str], longest: float
) -> Iterator[Finding]:
    """Everybody who had paid and was not let in within so many seconds."""
    for wait in waits:
        if wait.seconds > longest and wait.email not in undone and wait.is_owed(ledgers):
            what = f"waited {wait.seconds:.1f} s to be let in: {dict(wait.told)}"
            yield Finding("refused", wait.email, what)
