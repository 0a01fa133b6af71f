"""Read what a server's answer allows a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

_WORD = 1 << 32


@dataclass(frozen=True)
class Grant:
    """Hold times in seconds, limits in bytes; None where the answer does not say.

    `devices` is how many of this user may be in at once; `recv_limit` counts what the client
    sends. `classes` go back to the server with all accounting.
    """

    session_timeout: float | None = None
    idle_timeout: int | None = None
    devices: int | None = None
    profile: str | None = None
    rate_limit: str | None = None
    recv_limit: int | None = None
    xmit_limit: int | None = None
    total_limit: int | None = None
    interim: int | None = None
    address_list: str | None = None
    classes: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, answer: Any, now: float) -> Grant:
        """Read an Access-Accept, or a CoA-Request."""
        return cls(
            session_timeout=_soonest(answer, now),
            idle_timeout=first(answer, "Idle-Timeout") or None,
            devices=first(answer, "Port-Limit"),
            profile=first(answer, "Mikrotik-Group"),
            rate_limit=first(answer, "Mikrotik-Rate-Limit"),
            recv_limit=_limit(answer, "Mikrotik-Recv-Limit"),
            xmit_limit=_limit(answer, "Mikrotik-Xmit-Limit"),
            total_limit=_limit(answer, "Mikrotik-Total-Limit"),
            interim=first(answer, "Acct-Interim-Interval"),
            address_list=first(answer, "Mikrotik-Address-List"),
            classes=tuple(answer["Class"]) if "Class" in answer else (),
        )


def first(packet: Any, name: str) -> Any:
    """Give an attribute's value, the first where it is there more than once, else None."""
    return packet[name][0] if name in packet else None


def _limit(packet: Any, name: str) -> int | None:
    low, high = first(packet, name), first(packet, f"{name}-Gigawords")
    if low is None and high is None:
        return None
    # Nothing of both is no limit, as with local users.
    return ((high or 0) * _WORD + (low or 0)) or None


def _soonest(packet: Any, now: float) -> float | None:
    ends = [seconds for seconds in (first(packet, "Session-Timeout"),) if seconds]
    if moment := first(packet, "WISPr-Session-Terminate-Time"):
        ends.append(datetime.fromisoformat(moment).timestamp() - now)
    return min(ends, default=None)
