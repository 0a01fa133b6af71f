"""Name what another tool left on a router: its codes, and how they become ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Protocol


class LeftKind(StrEnum):
    """Say what a code of another tool's is, as it stands on the router."""

    UNUSED = "unused"
    USED = "used"
    EXPIRED = "expired"
    DISABLED = "disabled"
    # Used, and nothing on the router says until when it is good.
    ENDLESS = "endless"
    # The router does not tell its password, which is not its name for certain.
    HIDDEN = "hidden"


@dataclass(frozen=True)
class LeftProfile:
    """Say what a profile's header tells of its codes: `price` in centavos, `validity` in seconds.

    The validity begins when a code is first used. None: it is not told.
    """

    name: str
    price: int | None = None
    validity: int | None = None


@dataclass(frozen=True)
class LeftUser:
    """Describe a code of another tool's. `limit_uptime` in seconds, `limit_bytes` in bytes.

    `comment` is the whole of it, `note` what the seller wrote there; `expires_at` until when it
    is good, where it says so. `is_bound`: it may come from one device alone.
    """

    name: str = field(repr=False)
    password: str = field(repr=False)
    comment: str
    profile: str
    kind: LeftKind
    note: str = ""
    expires_at: datetime | None = None
    limit_uptime: int | None = None
    limit_bytes: int | None = None
    is_bound: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether it still opens the door, and can become ours."""
        return self.kind in (LeftKind.UNUSED, LeftKind.USED)


@dataclass(frozen=True)
class LeftOver:
    """Hold another tool's codes and profiles, and how many users were passed over."""

    users: tuple[LeftUser, ...]
    profiles: Mapping[str, LeftProfile]
    others: int


class Adoption(StrEnum):
    """Say what came of making a user ours."""

    ADOPTED = "adopted"
    # Somebody has changed or used it since it was read: it was left as it is.
    CHANGED = "changed"
    GONE = "gone"


class Returned(StrEnum):
    """Say what came of giving a user back to the tool that had made it."""

    RETURNED = "returned"
    # It has been used since it is ours: it was left as it is.
    USED = "used"
    # It has not our marks, or is gone: there is nothing to give back.
    NOT_OURS = "not_ours"


class Adopter(Protocol):
    """Read other tools' codes, and make them ours. Any method may raise RouterError.

    `timeout` is for the whole call, in seconds.
    """

    def left_over(self, zone: tzinfo, timeout: float) -> LeftOver:
        """Read what another tool left. Changes nothing.

        `zone` is that of dates on a router that does not tell its own.
        """

    def adopt(self, name: str, comment: str, mark: str, timeout: float) -> Adoption:
        """Give the user our marks in place of this comment; a user that has them stays as it is.

        Nothing else of it changes. May be repeated.
        """

    def give_back(
        self, name: str, comment: str, mark: str, timeout: float, *, even_used: bool = False
    ) -> Returned:
        """Give the user this comment in place of our marks, unless it was used.

        Nothing else of it changes. May be repeated.
        """
