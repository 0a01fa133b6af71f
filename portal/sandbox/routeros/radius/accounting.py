"""Tell servers of sessions: Start, Interim-Update, Stop, and the router's own start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from pyrad.packet import AcctPacket

from portal.sandbox.routeros.causes import Cause
from portal.sandbox.routeros.radius.dictionary import dictionary
from portal.sandbox.routeros.radius.grant import Grant
from portal.sandbox.routeros.radius.identity import Attributes
from portal.sandbox.routeros.radius.servers import Server

_WORD = 1 << 32
_BY_RADIUS = 1
_BYTES_PER_PACKET = 1_000


class Status(IntEnum):
    """Name an Acct-Status-Type (RFC 2866, 5.1)."""

    START = 1
    STOP = 2
    INTERIM = 3
    ON = 7


@dataclass
class Accounted:
    """Hold a session that a server let in: what it was granted, and how servers know it."""

    session_id: str
    grant: Grant
    known_as: Attributes


def packet(server: Server, attributes: Attributes) -> Any:
    """Give an Accounting-Request with these, for this server."""
    made = AcctPacket(secret=server.secret, dict=dictionary())
    for name, value in attributes.items():
        made[name] = value
    return made


def of_session(
    session: Accounted, status: Status, used: Mapping[str, float], cause: Cause | None = None
) -> Attributes:
    """Give what is said of a session, which has used so much by now."""
    said = {"Acct-Status-Type": status, **session.known_as, "Acct-Authentic": _BY_RADIUS}
    if session.grant.classes:
        said["Class"] = list(session.grant.classes)
    if status is not Status.START:
        said |= {"Acct-Session-Time": int(used["uptime"])}
        said |= _counted("Input", int(used["bytes-in"]))
        said |= _counted("Output", int(used["bytes-out"]))
    if cause is not None:
        said["Acct-Terminate-Cause"] = cause
    return said


def _counted(way: str, count: int) -> Attributes:
    high, low = divmod(count, _WORD)
    return {
        f"Acct-{way}-Octets": low,
        f"Acct-{way}-Gigawords": high,
        f"Acct-{way}-Packets": count // _BYTES_PER_PACKET % _WORD,
    }
