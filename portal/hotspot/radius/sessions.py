"""End a session on a router, or change it: RFC 5176's Disconnect and CoA.

An answer that says yes is no proof (daloradius#463): the Stop in the accounting is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pyrad.packet import (
    CoAACK,
    CoAPacket,
    CoARequest,
    DisconnectACK,
    DisconnectRequest,
)

from portal.hotspot.radius.exchange import Peer, ask, dictionary

LONGEST_TIMEOUT = 2**31 - 1


@dataclass(frozen=True)
class NasAddress(Peer):
    """Name where a router listens for such questions (`/radius incoming`)."""


@dataclass(frozen=True)
class SessionKey:
    """Say which session is meant, as the router's own accounting named it.

    All three are sent: without the address, routers have dropped the wireless client instead
    (packetfence#7703).
    """

    user_name: str = field(repr=False)
    framed_ip: str
    acct_session_id: str
    mac: str = ""


@dataclass(frozen=True)
class SessionChanges:
    """Say what is to become of a session; None leaves it. Its data limit cannot be changed.

    `session_timeout` and `idle_timeout` in seconds, the first counted from the session's start;
    `rate_limit` in the router's words, the customer's upload first.
    """

    session_timeout: int | None = None
    idle_timeout: int | None = None
    rate_limit: str | None = None
    port_limit: int | None = None
    group: str | None = None

    @property
    def attributes(self) -> dict[str, int | str]:
        """Give those that are to change, as they are sent."""
        named = {
            "Session-Timeout": _span(self.session_timeout),
            "Idle-Timeout": _span(self.idle_timeout),
            "Mikrotik-Rate-Limit": self.rate_limit,
            "Port-Limit": self.port_limit,
            "Mikrotik-Group": self.group,
        }
        return {name: value for name, value in named.items() if value is not None}


class AnswerKind(StrEnum):
    """Name what a router says: it will, it will not, or nothing."""

    ACK = "ack"
    NAK = "nak"
    SILENT = "silent"


@dataclass(frozen=True)
class NasAnswer:
    """Hold a router's answer. `error_cause` is RFC 5176's, such as 503 for no such session.

    `is_forged`: there were answers, but of another secret.
    """

    kind: AnswerKind
    error_cause: int | None = None
    is_forged: bool = False


def disconnect(nas: NasAddress, session: SessionKey, timeout: float) -> NasAnswer:
    """Ask the router to end a session, for `timeout` seconds in all. Silence is an answer."""
    return _asked(nas, session, DisconnectRequest, {}, timeout)


def change(
    nas: NasAddress, session: SessionKey, changes: SessionChanges, timeout: float
) -> NasAnswer:
    """Ask the router to change a session, for `timeout` seconds in all. Silence is an answer."""
    return _asked(nas, session, CoARequest, changes.attributes, timeout)


def _asked(
    nas: NasAddress,
    session: SessionKey,
    code: int,
    attributes: dict[str, int | str],
    timeout: float,
) -> NasAnswer:
    question = CoAPacket(code=code, secret=nas.secret.encode(), dict=dictionary())
    question.add_message_authenticator()
    for name, value in {**_named(session), **attributes}.items():
        question[name] = value
    reply = ask(nas, question, timeout)
    if reply.packet is None:
        return NasAnswer(AnswerKind.SILENT, is_forged=reply.is_forged)
    kind = AnswerKind.ACK if reply.packet.code in (CoAACK, DisconnectACK) else AnswerKind.NAK
    return NasAnswer(kind, next(iter(reply.packet.get("Error-Cause", [])), None))


def _named(session: SessionKey) -> dict[str, str]:
    named = {
        "User-Name": session.user_name,
        "Framed-IP-Address": session.framed_ip,
        "Acct-Session-Id": session.acct_session_id,
        "Calling-Station-Id": session.mac,
    }
    return {name: value for name, value in named.items() if value}


def _span(seconds: int | None) -> int | None:
    # The router takes zero for no limit, and a negative one cannot be said at all.
    return None if seconds is None else min(max(1, seconds), LONGEST_TIMEOUT)
