"""The port to a hotspot router: what a sale asks of it, and what can go wrong.

Nothing here knows RouterOS' wire; `routeros.py` does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from portal.hotspot.inspection import Inspection


class Tls(Enum):
    """How the connection to the router is protected.

    `VERIFIED`: certificate chain and host name. `PINNED`: the certificate's SHA-256 is the
    one in the record. `ANONYMOUS`: encrypted, but open to a man in the middle.
    """

    NONE = "none"
    VERIFIED = "verified"
    PINNED = "pinned"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class RouterAddress:
    """How to reach and enter one router. Equal addresses share connections."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    tls: Tls = Tls.NONE
    tls_fingerprint: str | None = None


@dataclass(frozen=True)
class NewHotspotUser:
    """A hotspot user to be made. `limit_uptime` in seconds, `limit_bytes` in bytes, in total.

    `mark` is written to the comment: it names this deployment and the access. A PIN is name
    and password at once, so that neither is shown.
    """

    name: str = field(repr=False)
    password: str = field(repr=False)
    profile: str
    mark: str
    limit_uptime: int | None = None
    limit_bytes: int | None = None


@dataclass(frozen=True)
class HotspotUser:
    """A hotspot user as the router tells it. `uptime` in seconds, bytes as counted so far.

    `id` is good on connections that were already open when it was read; the adapter knows
    which those are, callers only hand it back.
    """

    id: str
    name: str = field(repr=False)
    mark: str
    disabled: bool
    profile: str
    uptime: int
    bytes_in: int
    bytes_out: int
    limit_uptime: int | None = None
    limit_bytes: int | None = None


@dataclass(frozen=True)
class Session:
    """A row of the active list: a device that is online. `uptime` in seconds."""

    id: str
    user: str
    address: str
    mac: str
    uptime: int


@dataclass(frozen=True)
class Host:
    """A device that the router sees in its hotspot, logged in or not."""

    mac: str
    address: str
    authorized: bool
    bypassed: bool


@dataclass(frozen=True)
class RouterInfo:
    """What router this is."""

    identity: str
    version: str
    board: str
    uptime: int


@dataclass(frozen=True)
class Profile:
    """A hotspot user profile. `id` is only to be shown: it changes on reboot.

    `stored` is the name as a word of the router's own, which differs from `name` where the
    router has it in an older encoding; only lines for its terminal need it.
    """

    id: str
    name: str
    rate_limit: str
    shared_users: str
    session_timeout: str
    stored: str = ""


class LoginRefusal(Enum):
    """Why the router would not log a host in."""

    UNKNOWN_HOST = "unknown_host"
    BAD_CREDENTIALS = "bad_credentials"
    UPTIME_LIMIT = "uptime_limit"
    DATA_LIMIT = "data_limit"
    TOO_MANY_SESSIONS = "too_many_sessions"
    LICENSE_LIMIT = "license_limit"
    OTHER = "other"


@dataclass(frozen=True)
class LoggedIn:
    """The device is in the active list."""

    session: Session


@dataclass(frozen=True)
class NotLoggedIn:
    """The device is not online; the credentials may still work by hand."""

    reason: LoginRefusal


class RouterError(Exception):
    """The router did not do what was asked. `advice` is for the operator, in Spanish.

    `executed` says what is known: False, it certainly was not done; None, it may have been.
    No host name, password or word of the router's own stands in it.
    """

    def __init__(self, advice: str, executed: bool | None = None) -> None:
        super().__init__(advice)
        self.advice = advice
        self.executed = executed


class RouterUnavailable(RouterError):
    """Not reached, too slow, or cut off: worth trying again later."""


class RouterBusy(RouterUnavailable):
    """Not even asked, since the router leaves earlier calls unanswered. `executed` is False."""


class RouterRefused(RouterError):
    """The router answered, and said no: somebody has to change something there."""


class RouterUnidentified(RouterRefused):
    """Who answers does not show the certificate on record: whether it is the router is unknown."""


class TargetForbidden(RouterRefused):
    """The router's address is this machine's own, which is not connected to."""


class NameTaken(RouterRefused):
    """A user with this name stands on the router already; `mark` is that user's comment."""

    def __init__(self, advice: str, user: HotspotUser | None) -> None:
        super().__init__(advice, executed=False)
        self.user = user


class ProfileMissing(RouterRefused):
    """The plan's user profile does not exist on the router."""


class HotspotRouter(Protocol):
    """One router. Any method may raise RouterError; `timeout` is for the whole call, in seconds."""

    def add_user(self, user: NewHotspotUser, timeout: float, *, disabled: bool = True) -> str:
        """Make the user and return its id. One command.

        Raises NameTaken (with the user found under that name), ProfileMissing.
        """

    def enable_user(
        self, name: str, mark: str, timeout: float, *, user_id: str | None = None
    ) -> bool:
        """Enable the user; False when no user with this name and mark is there.

        One command where `user_id` is still good, else it is looked up by name first.
        """

    def disable_user(
        self, name: str, mark: str, timeout: float, *, user_id: str | None = None
    ) -> bool:
        """Disable the user; False when no user with this name and mark is there."""

    def update_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        profile: str | None = None,
        limit_uptime: int | None = None,
        limit_bytes: int | None = None,
    ) -> bool:
        """Set the given values; False when no user with this name and mark is there."""

    def remove_user(
        self, name: str, mark: str, timeout: float, *, user_id: str | None = None
    ) -> bool:
        """Remove the user and end its sessions; False when it was not there.

        A user that carries another mark is left alone and counts as not there.
        """

    def find_user(self, name: str, timeout: float) -> HotspotUser | None:
        """The user of this name, whatever its mark. One command."""

    def users_marked(
        self, mark_prefix: str, timeout: float, *, sold: int | None = None
    ) -> tuple[HotspotUser, ...]:
        """All users whose mark begins so. Grows with the router: never part of a sale.

        `sold` is how many of them can have been made at most; many more raise RouterUnavailable.
        """

    def hosts(self, timeout: float, *, mac: str | None = None) -> tuple[Host, ...]:
        """The devices in the hotspot; with `mac`, just that one. One command."""

    def log_in(
        self,
        name: str,
        password: str,
        mac: str,
        timeout: float,
        *,
        address: str | None = None,
        clear_stale: bool = False,
        devices: int = 1,
    ) -> LoggedIn | NotLoggedIn:
        """Log the device in and see it in the active list.

        `clear_stale` first ends sessions of the same user under other MACs, the oldest first,
        so that with this one no more than `devices` are online. The address
        comes from the router's own host table; `address` is only a hint. Verification polls
        the active list for at most 3 s, quickly first. At most 4 commands without polling.
        """

    def sessions(self, timeout: float, *, user: str | None = None) -> tuple[Session, ...]:
        """The active list, or one user's rows of it."""

    def end_sessions(self, user: str, timeout: float) -> int:
        """Log the user's devices out; how many there were."""

    def profiles(self, timeout: float) -> tuple[Profile, ...]:
        """The hotspot user profiles."""

    def info(self, timeout: float) -> RouterInfo:
        """Identity and version: also the connection test."""

    def inspect(self, timeout: float) -> Inspection:
        """How the hotspot and our way in are set up. For an operator's check, never in a sale."""
