"""Pay what was told by CLABE or reference: exactly, otherwise, too late, twice or never."""

from __future__ import annotations

import threading
from random import Random

from tests.chaos.environment import ChaosEnvironment
from tests.chaos.purchases import Purchase
from tests.chaos.scenarios import Outside
from tests.support.tills import centavos

# Typed wrong, or the shop's fee taken of it; both are less than anything costs.
TOO_LITTLE_BY, TOO_MUCH_BY = 250, 500
PAYS = {
    Outside.EXACTLY: (0,),
    Outside.TOO_LITTLE: (-TOO_LITTLE_BY,),
    Outside.TOO_MUCH: (TOO_MUCH_BY,),
    Outside.TWICE: (0, 0),
    Outside.LATE: (0,),
    Outside.BOTH: (0,),
}


class PayingOutside:
    """A customer at the bank or in a shop, which no fault of the gateway's API keeps from it."""

    def __init__(
        self, environment: ChaosEnvironment, chance: Random, over: threading.Event
    ) -> None:
        self._environment, self._chance, self._over = environment, chance, over

    def pay(self, purchase: Purchase) -> None:
        """Do once what this customer does who was told how to pay; what is done is noted."""
        told = purchase.order_to_pay
        if told is None or purchase.paid_outside is not None:
            return
        order_id, amount = told
        outside = purchase.paid_outside = purchase.scenario.outside
        if outside is Outside.LATE:
            self._environment.end_time_to_pay(order_id)
        for difference in PAYS.get(outside, ()):
            self._over.wait(self._chance.uniform(0, 0.6))
            self._environment.pay(order_id, centavos(amount) + difference)
