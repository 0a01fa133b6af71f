"""Say what becomes of calls to either end, while it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    """Done and answered; lost before it was done; or done, and its answer lost."""

    DONE = "done"
    LOST = "lost"
    UNHEARD = "unheard"

    @property
    def arrives(self) -> bool:
        """Whether what was asked for is done."""
        return self is not Fate.LOST


@dataclass(frozen=True)
class GatewayPlan:
    """`looks`: whether it answers who asks how an order stands.

    `transaction`: adding to an order what is processed then, which only Mercado Pago knows.
    """

    open_order: Fate = Fate.DONE
    charge: Fate = Fate.DONE
    cancel: Fate = Fate.DONE
    refund: Fate = Fate.DONE
    looks: bool = True
    transaction: Fate = Fate.DONE


@dataclass(frozen=True)
class RouterPlan:
    """`is_up`: whether it can be reached at all."""

    add: Fate = Fate.DONE
    set: Fate = Fate.DONE
    remove: Fate = Fate.DONE
    is_up: bool = True


GATEWAY_CALLS = ("open_order", "charge", "cancel", "refund", "transaction")
ROUTER_COMMANDS = ("add", "set", "remove")
UNPLUGGED = GatewayPlan(Fate.LOST, Fate.LOST, Fate.LOST, Fate.LOST, looks=False)
DOWN = RouterPlan(Fate.LOST, Fate.LOST, Fate.LOST, is_up=False)
