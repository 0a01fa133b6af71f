"""Name what is asked of a router about the devices in its hotspot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from portal.hotspot.provisioning import Known


@dataclass(frozen=True)
class Session:
    """Describe a row of the active list: a device that is online. `uptime` in seconds.

    `mark` is that of its user, where whoever lists it knows it: then the name alone says nothing.
    """

    id: str
    user: str
    address: str
    mac: str
    uptime: int
    bytes_in: int = 0
    bytes_out: int = 0
    mark: str = ""


def surplus(sessions: Sequence[Session], devices: int) -> list[Session]:
    """Choose those of one user's sessions that go so that its latest `devices` alone stay."""
    oldest_first = sorted(sessions, key=lambda session: session.uptime, reverse=True)
    latest_first = dict.fromkeys(session.mac for session in reversed(oldest_first))
    gone = set(list(latest_first)[devices:])
    return [session for session in sessions if session.mac in gone]


@dataclass(frozen=True)
class Host:
    """Describe a device seen in the router's hotspot, logged in or not, for `uptime` seconds."""

    mac: str
    address: str
    authorized: bool
    bypassed: bool
    uptime: int = 0


class LoginRefusal(Enum):
    """Say why the router would not log a host in."""

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
    """Say that it is in the active list. `unbound`: its user had been bound to another MAC."""

    session: Session
    unbound: bool = False


@dataclass(frozen=True)
class NotLoggedIn:
    """Say that the device is not online; the credentials may still work by hand."""

    reason: LoginRefusal


class Presence(Protocol):
    """Tell who is here and who is online, and log devices in and out.

    Any method may raise RouterError; `timeout` is for the whole call, in seconds.
    """

    def hosts(
        self, timeout: float, *, mac: str | None = None, address: str | None = None
    ) -> tuple[Host, ...]:
        """Give the devices in the hotspot; with `mac` or `address`, just those. One command."""

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
        """Give the device's session at the address that it has now; `address` is only a hint."""

    def sessions(
        self, timeout: float, *, user: str | None = None, mac: str | None = None
    ) -> tuple[Session, ...]:
        """Give the active list, or the rows of it that are of one user, of one device or both."""

    def end_sessions(self, user: str, timeout: float, *, keep: int = 0) -> int:
        """Log the user's devices out, but for the latest `keep`; how many sessions went."""

    def end_session(self, session: Session, timeout: float) -> bool:
        """Log one device out; false where this session has ended meanwhile.

        It is known by its user, MAC and address: ids are given anew.
        """

    def forget_devices(self, user: str, timeout: float) -> int:
        """Log the user's devices out, so that none comes back without its code; how many went."""
