"""Hold what is known of somebody without Internet, as a decision needs to know it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, TypeVar

from portal.models.access import AccessState
from portal.models.sale_states import CancelReason, SaleState


class Unseen(Enum):
    """Say why something is not known: no time was left for it, or the router does not show it."""

    LATE = "late"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"


T = TypeVar("T")
Look: TypeAlias = T | Unseen


class Reach(Enum):
    """Say whether the router answers at all."""

    ANSWERS = "answers"
    SILENT = "silent"
    REFUSES = "refuses"


class Whose(Enum):
    """Say whose the user of the code's name is on the router."""

    NOBODYS = "nobodys"
    OURS = "ours"
    FOREIGN = "foreign"


class Asked(Enum):
    """Say by what somebody was asked after."""

    CODE = "code"
    MAC = "mac"
    EMAIL = "email"
    SELF = "self"


@dataclass(frozen=True)
class MoneyFacts:
    """Say how the purchase stands. `bank_waits`: the buyer's bank has asked for a confirmation.

    `is_deferred`: its payment is.
    """

    state: SaleState
    cancel_reason: CancelReason | None = None
    is_parked: bool = False
    bank_waits: bool = False
    is_deferred: bool = False


@dataclass(frozen=True)
class AccessFacts:
    """Say how our record of the access stands, and what is left of it.

    Seconds and bytes; None without a limit. `lost_to_outage`: its router was away while its time
    ran, and nobody has given that back.
    """

    wanted: AccessState = AccessState.ENABLED
    actual: AccessState = AccessState.ENABLED
    is_blocked: bool = False
    is_readable: bool = True
    devices: int = 1
    seconds_left: float | None = None
    data_left: int | None = None
    lost_to_outage: bool = False

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing is left of it."""
        return self.seconds_left == 0.0 or self.data_left == 0


@dataclass(frozen=True)
class UserFacts:
    """Say how the code's user stands on the router, with what its limits leave."""

    whose: Whose
    is_disabled: bool = False
    bound_mac: str = ""
    seconds_left: int | None = None
    data_left: int | None = None


@dataclass(frozen=True)
class DeviceFacts:
    """Say where the device stands in the hotspot: its addresses now, each once."""

    addresses: frozenset[str] = frozenset()
    is_bypassed: bool = False


@dataclass(frozen=True)
class SessionFacts:
    """Describe a device online. `is_codes`: by the code in question. `is_ours`: by one of ours.

    `is_pass`: it is let in to pay.
    """

    mac: str
    address: str
    is_codes: bool = True
    is_ours: bool = True
    is_pass: bool = False


@dataclass(frozen=True)
class RouterFacts:
    """Hold what the router said just now, each of it unless it could not be looked at.

    `sessions` are those of the code and those of the device. `profile_devices` is how many the
    code's profile lets in at once, None for any number. `clock_ahead` is in seconds.
    `is_tunnel_down`: it dials in, and does not at present.
    """

    reach: Look[Reach] = Reach.ANSWERS
    is_tunnel_down: bool = False
    user: Look[UserFacts] = Unseen.NOT_ASKED
    device: Look[DeviceFacts] = Unseen.NOT_ASKED
    sessions: Look[tuple[SessionFacts, ...]] = Unseen.NOT_ASKED
    profile_devices: Look[int | None] = Unseen.NOT_ASKED
    closed_hosts: Look[tuple[str, ...]] = Unseen.NOT_ASKED
    clock_ahead: Look[float] = Unseen.NOT_ASKED


@dataclass(frozen=True)
class Facts:
    """Hold all of it. Without money it was no purchase of ours, without access there is none.

    `mac` is the device in question, None where nobody knows which. `is_selling`: the router sells.
    """

    asked: Asked
    is_found: bool
    mac: str | None = None
    money: MoneyFacts | None = None
    access: AccessFacts | None = None
    router: RouterFacts = RouterFacts()
    is_selling: bool = True
