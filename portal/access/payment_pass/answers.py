"""Name what can be said to somebody who asks for a payment pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PassAnswer(StrEnum):
    """Say whether a device has a pass, may have one, or why not."""

    STANDS = "stands"
    OFFERED = "offered"
    NOT_WAITING = "not_waiting"
    NOT_OFFERED = "not_offered"
    DEVICE_LIMIT = "device_limit"
    ROUTER_LIMIT = "router_limit"
    NOT_IN_NETWORK = "not_in_network"
    ONLINE = "online"
    ROUTER_AWAY = "router_away"


@dataclass(frozen=True)
class PassStatus:
    """Hold the answer, and until when the pass lasts that stands."""

    answer: PassAnswer
    ends_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Tell whether the device is let in to pay."""
        return self.answer is PassAnswer.STANDS

    @property
    def is_offered(self) -> bool:
        """Tell whether it may ask for one."""
        return self.answer is PassAnswer.OFFERED
