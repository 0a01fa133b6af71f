"""Count what an access has used: by its user's counters, and by sessions under way.

Whether a user's counters grow while it is online or at logout only differs between versions,
so it is found out from how they grow. All spans are in seconds, all amounts in bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.access.rounds.standing import Counted
from portal.hotspot.presence import Session
from portal.hotspot.provisioning import HotspotUser
from portal.models import Access, utc_now
from portal.models.access import COUNTERS


@dataclass(frozen=True)
class Reading:
    """Hold what the router says of one user: its own counters, and its sessions under way."""

    seconds: int
    bytes: int
    session_seconds: int = 0
    session_bytes: int = 0

    @classmethod
    def of(cls, user: HotspotUser, sessions: Iterable[Session]) -> Reading:
        """Add up both; the sessions must have been read first, so that none is missed."""
        seen = tuple(sessions)
        return cls(
            user.uptime,
            user.bytes_in + user.bytes_out,
            sum(session.uptime for session in seen),
            sum(session.bytes_in + session.bytes_out for session in seen),
        )


def count(access: Counted, now: Reading) -> dict[str, Any]:
    """Give the access' counters as they are after this reading; empty where nothing changed."""
    apart = _are_apart(access, now)
    values: dict[str, Any] = {
        "seen_seconds": now.seconds,
        "seen_bytes": now.bytes,
        "session_seconds": now.session_seconds,
        "session_bytes": now.session_bytes,
        "sessions_apart": apart,
    }
    if all(getattr(access, name) == value for name, value in values.items()):
        return {}
    values |= {"seen_at": utc_now()}
    return values | _kept(access, now, apart)


def seconds_left(access: Access) -> float | None:
    """Give the seconds that remain of what was bought; None without a limit, or not begun yet."""
    if access.expires_at is not None:
        return max(0.0, (access.expires_at - utc_now()).total_seconds())
    if access.duration_seconds is None or access.duration_from != "connected":
        return None
    return max(0.0, access.duration_seconds - access.total_seconds)


def bytes_left(access: Access) -> int | None:
    """Give the data that remains of what was bought; None without a limit."""
    return None if access.data_limit is None else max(0, access.data_limit - access.total_bytes)


def is_used_up(access: Access) -> bool:
    """Tell whether nothing is left of the time or of the data that was bought."""
    return seconds_left(access) == 0.0 or bytes_left(access) == 0


def take_over(access: Counted, values: Mapping[str, Any]) -> None:
    """Let the access, as it was read, count as these values say."""
    for name in COUNTERS:
        if name in values:
            setattr(access, name, values[name])


def keep_counted(access: Access) -> None:
    """Keep what the router had counted: it counts from nothing again."""
    take_over(access, kept_whole(access))


def kept_whole(access: Counted) -> dict[str, Any]:
    """Give the counters of an access whose user the router has forgotten."""
    return {
        "used_seconds": access.total_seconds,
        "used_bytes": access.total_bytes,
        **dict.fromkeys(("seen_seconds", "seen_bytes", "session_seconds", "session_bytes"), 0),
        "sessions_apart": False,
    }


def _are_apart(access: Counted, now: Reading) -> bool:
    """Tell whether the user's counters do not hold the sessions under way.

    They do not where they are smaller, or smaller than what was counted already; else it shows
    in whether they have grown along with the sessions.
    """
    if not now.session_seconds or now.seconds < now.session_seconds:
        return bool(now.session_seconds)
    if access.sessions_apart and now.seconds < access.seen_seconds + access.session_seconds:
        return True
    lasted = now.session_seconds - access.session_seconds
    lasted = lasted if lasted >= 0 else now.session_seconds
    if lasted == 0:
        return access.sessions_apart
    # Counters that went down have begun anew.
    grown = now.seconds - access.seen_seconds
    return 2 * (grown if grown >= 0 else now.seconds) < lasted


def _kept(access: Counted, now: Reading, apart: bool) -> dict[str, Any]:
    """Give what is kept by us: what the router has lost of what we had seen.

    Counters that dropped by no more than a session under way have lost that session, as in a
    power cut; those that dropped further have begun anew.
    """
    before = access.total_seconds - access.used_seconds, access.total_bytes - access.used_bytes
    if (
        access.seen_seconds - now.seconds > access.session_seconds
        or access.seen_bytes - now.bytes > access.session_bytes
    ):
        lost = before
    else:
        seconds = now.seconds + now.session_seconds * apart
        amount = now.bytes + now.session_bytes * apart
        lost = max(0, before[0] - seconds), max(0, before[1] - amount)
    if lost == (0, 0):
        return {}
    return {
        "used_seconds": access.used_seconds + lost[0],
        "used_bytes": access.used_bytes + lost[1],
    }
