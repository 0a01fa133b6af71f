"""The port to a hotspot router: what a sale asks of it, and what can go wrong.

Nothing here knows RouterOS' wire; `routeros.py` does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

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

    `mark` names this deployment and the access; it is written to the comment, and once more
    where scripts seldom write. A PIN is name and password at once, so that neither is shown.
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
    which those are, callers only hand it back. `mark` is the comment, `spare_mark` what the
    second place for it says; `bound_mac` the only device that it may come from, if any.
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
    spare_mark: str = ""
    bound_mac: str = ""

    def is_ours(self, mark: str, known: Known | None = None) -> bool:
        """Whether it is the user that was made with this mark.

        A password would be the best proof where both marks are gone, but reading it needs the
        policy `sensitive`, which we do not ask for. So it is ours where its counters go on from
        where our record saw them last: a user that somebody made anew counts from zero.
        """
        if mark in (self.mark, self.spare_mark):
            return True
        begin = mark.partition(":")[0] + ":"
        if self.mark.startswith(begin) or self.spare_mark.startswith(begin):
            return False
        return known is not None and self._goes_on(known)

    def _goes_on(self, known: Known) -> bool:
        return (
            known.uptime > 0
            and self.profile == known.profile
            and self.uptime >= known.uptime
            and self.bytes_in + self.bytes_out >= known.traffic
        )


@dataclass(frozen=True)
class Known:
    """What our record knows of a user. `uptime` in seconds, `traffic` in bytes, as last counted.

    `has_several_devices`: what was sold is for more than one, so that no MAC may be bound.
    """

    profile: str
    uptime: int = 0
    traffic: int = 0
    has_several_devices: bool = False


@dataclass(frozen=True)
class UserFound:
    """What came of a change to a user; false where none of ours has the name.

    `mark_changed`: somebody had changed our comment. `bound`: somebody had bound it to a MAC.
    """

    is_there: bool
    mark_changed: bool = False
    bound: bool = False

    def __bool__(self) -> bool:
        return self.is_there


@dataclass(frozen=True)
class Session:
    """A row of the active list: a device that is online. `uptime` in seconds."""

    id: str
    user: str
    address: str
    mac: str
    uptime: int
    bytes_in: int = 0
    bytes_out: int = 0


@dataclass(frozen=True)
class Host:
    """A device that the router sees in its hotspot, logged in or not, for `uptime` seconds."""

    mac: str
    address: str
    authorized: bool
    bypassed: bool
    uptime: int = 0


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

    `on_login` and `on_logout` are the operator's scripts, which may hold secrets of theirs.
    `stored` is the name as a word of the router's own, which differs from `name` where the
    router has it in an older encoding; only lines for its terminal need it.
    """

    id: str
    name: str
    rate_limit: str
    shared_users: str
    session_timeout: str
    stored: str = ""
    on_login: str = field(default="", repr=False)
    on_logout: str = field(default="", repr=False)


@dataclass(frozen=True)
class UserScript:
    """A profile's own script that runs as a user comes or goes.

    `writes` are the user's fields that it is seen to write, in RouterOS' names.
    """

    profile: str
    event: str
    writes: frozenset[str]


class LoginRefusal(Enum):
    """Why the router would not log a host in."""

    UNKNOWN_HOST = "unknown_host"
    BAD_CREDENTIALS = "bad_credentials"
    UPTIME_LIMIT = "uptime_limit"
    DATA_LIMIT = "data_limit"
    TOO_MANY_SESSIONS = "too_many_sessions"
    LICENSE_LIMIT = "license_limit"
    ALREADY_ONLINE = "already_online"
    NO_FREE_ADDRESS = "no_free_address"
    BOUND_TO_MAC = "bound_to_mac"
    NOT_SEEN = "not_seen"
    OTHER = "other"


@dataclass(frozen=True)
class LoggedIn:
    """The device is in the active list. `unbound`: its user had been bound to another MAC."""

    session: Session
    unbound: bool = False


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
    """One router. Any method may raise RouterError; `timeout` is for the whole call, in seconds.

    A user is ours by name and mark; where somebody has changed the mark, by what is `known` of
    it. Whatever changes a user of ours gives it back its marks.
    """

    def add_user(self, user: NewHotspotUser, timeout: float, *, disabled: bool = True) -> str:
        """Make the user and return its id. One command.

        Raises NameTaken (with the user found under that name), ProfileMissing.
        """

    def enable_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
    ) -> UserFound:
        """Enable the user; false when none of this name is ours.

        One command where `user_id` is still good, else it is looked up by name first.
        """

    def disable_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
    ) -> UserFound:
        """Disable the user; false when none of this name is ours."""

    def update_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        profile: str | None = None,
        limit_uptime: int | None = None,
        limit_bytes: int | None = None,
        known: Known | None = None,
    ) -> UserFound:
        """Set the given values; false when none of this name is ours."""

    def remove_user(
        self,
        name: str,
        mark: str,
        timeout: float,
        *,
        user_id: str | None = None,
        known: Known | None = None,
    ) -> UserFound:
        """Remove the user, its sessions and its cookies; false when it was not there.

        A user that is not ours is left alone and counts as not there.
        """

    def find_user(self, name: str, timeout: float) -> HotspotUser | None:
        """The user of this name, whatever its mark. One command."""

    def users_marked(
        self,
        mark_prefix: str,
        timeout: float,
        *,
        names: Collection[str] = (),
        sold: int | None = None,
    ) -> tuple[HotspotUser, ...]:
        """All users one of whose marks begins so, and those of these names.

        Grows with the router: never part of a sale. `sold` is how many of them can have been
        made at most; many more raise RouterUnavailable.
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
        mark: str | None = None,
        known: Known | None = None,
    ) -> LoggedIn | NotLoggedIn:
        """Log the device in and see it in the active list: user, MAC and address.

        `clear_stale` first ends the device's own sessions under addresses that it had before,
        and sessions of the same user under other MACs, the oldest first, so that with this one
        no more than `devices` are online. The address comes from the router's own host table;
        `address` is only a hint. Verification polls the active list for at most 3 s, quickly
        first. At most 4 commands without polling, where nothing stands in the way.

        A device that is online as somebody else stays so (ALREADY_ONLINE): its MAC is no proof
        of who asks. With the user's `mark`, a MAC that somebody bound it to is taken off it,
        where it is `known` to be for several devices.
        """

    def session_of(
        self, user: str, mac: str, timeout: float, *, address: str | None = None
    ) -> Session | None:
        """The device's session at the address that it has now; `address` is only a hint."""

    def sessions(self, timeout: float, *, user: str | None = None) -> tuple[Session, ...]:
        """The active list, or one user's rows of it."""

    def end_sessions(self, user: str, timeout: float) -> int:
        """Log the user's devices out; how many there were."""

    def profiles(self, timeout: float) -> tuple[Profile, ...]:
        """The hotspot user profiles."""

    def user_scripts(self, timeout: float) -> tuple[UserScript, ...]:
        """The scripts of all user profiles: what may have changed a user of ours."""

    def info(self, timeout: float) -> RouterInfo:
        """Identity and version: also the connection test."""

    def inspect(self, timeout: float) -> Inspection:
        """How the hotspot and our way in are set up. For an operator's check, never in a sale."""
