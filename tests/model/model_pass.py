"""Say what a payment pass must be: slow minutes online for who pays elsewhere. No Portal in it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.model.fault_plan import Fate, RouterPlan
from tests.model.model_access import Entry, User

PASS_LASTS = 600
PASS_BYTES = 2 * PASS_LASTS * 256_000 // 8
OF_DEVICE, OF_ROUTER = 2, 3
DEVICE_SPAN, ROUTER_SPAN = 24 * 3600, 3600


@dataclass(eq=False)
class Pass(Entry):
    """`device` is let in until `ends`; `is_over`: it is to go. Seconds of the model's clock.

    `is_put_off`: it could not be taken off in this pass of the worker.
    """

    device: int
    given: int
    is_over: bool = False
    stands: bool = True
    is_put_off: bool = False

    @property
    def ends(self) -> int:
        """When it ends at the latest."""
        return self.given + PASS_LASTS

    def is_due(self, now: int) -> bool:
        """Whether it is to be taken off."""
        return self.stands and (self.is_over or self.ends <= now)

    def end(self) -> None:
        """Its sale is decided, or it makes room: it is due at once, the first time."""
        if self.stands and not self.is_over:
            self.is_over, self.is_put_off = True, False

    def make(self, router: RouterPlan) -> bool:
        """Put the user on the router; False where that is not certain."""
        if router.add.arrives:
            self.user = User(True, PASS_LASTS, PASS_BYTES)
        return router.add is Fate.DONE

    def take_off(self, router: RouterPlan) -> bool:
        """Remove the user; False where that is not certain."""
        done = router.is_up and self.remove(router)
        self.stands, self.is_put_off = self.stands and not done, not done
        return done
