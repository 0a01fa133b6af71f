"""Ask a router to end a session, or to change it, over UDP.

An ACK is no proof that it was done, and silence none that it was not: the Stop in the accounting
is. RouterOS takes a session for the one that is meant by its user, address and number together.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from io import StringIO

from pyrad.client import Client, Timeout
from pyrad.dictionary import Dictionary
from pyrad.packet import (
    CoAACK,
    CoANAK,
    CoAPacket,
    CoARequest,
    DisconnectACK,
    DisconnectNAK,
    DisconnectRequest,
    PacketError,
)

from portal.hotspot.radius.answers import Answer, AnswerKind

# RFC 2865, 2866, 5176 and MikroTik's own (vendor 14988): what is asked and said here.
WORDS = """
ATTRIBUTE User-Name 1 string
ATTRIBUTE Framed-IP-Address 8 ipaddr
ATTRIBUTE Session-Timeout 27 integer
ATTRIBUTE Calling-Station-Id 31 string
ATTRIBUTE Acct-Session-Id 44 string
ATTRIBUTE Error-Cause 101 integer
VENDOR Mikrotik 14988
BEGIN-VENDOR Mikrotik
ATTRIBUTE Mikrotik-Rate-Limit 8 string
END-VENDOR Mikrotik
"""
TRIES = 2
KINDS = {
    CoAACK: AnswerKind.ACK,
    DisconnectACK: AnswerKind.ACK,
    CoANAK: AnswerKind.NAK,
    DisconnectNAK: AnswerKind.NAK,
}


@dataclass(frozen=True)
class NasAddress:
    """Say where a router listens to us, and by which secret each knows the other."""

    host: str
    port: int
    secret: str = field(repr=False)


@dataclass(frozen=True)
class SessionKey:
    """Say which session is meant. A PIN is name and password at once, so that it is not shown."""

    user_name: str = field(repr=False)
    framed_ip: str
    acct_session_id: str
    mac: str


@dataclass(frozen=True)
class Changes:
    """Hold what a session gets anew: `session_timeout` in seconds from its start."""

    session_timeout: int | None = None
    rate_limit: str | None = None


def disconnect(nas: NasAddress, key: SessionKey, timeout: float) -> Answer:
    """Ask to end the session, for `timeout` seconds at most."""
    return _ask(nas, key, DisconnectRequest, {}, timeout)


def change(nas: NasAddress, key: SessionKey, changes: Changes, timeout: float) -> Answer:
    """Ask to change the session, for `timeout` seconds at most."""
    wanted = {
        "Session-Timeout": changes.session_timeout,
        "Mikrotik-Rate-Limit": changes.rate_limit,
    }
    said = {name: value for name, value in wanted.items() if value is not None}
    return _ask(nas, key, CoARequest, said, timeout)


def _ask(
    nas: NasAddress, key: SessionKey, code: int, said: dict[str, int | str], timeout: float
) -> Answer:
    client = Client(
        nas.host, coaport=nas.port, secret=nas.secret.encode(), dict=Dictionary(StringIO(WORDS))
    )
    client.retries, client.timeout = TRIES, timeout / TRIES
    packet = client.CreateCoAPacket(code=code)
    packet["User-Name"], packet["Acct-Session-Id"] = key.user_name, key.acct_session_id
    packet["Framed-IP-Address"], packet["Calling-Station-Id"] = key.framed_ip, key.mac
    for name, value in said.items():
        packet[name] = value
    return _sent(client, packet)


def _sent(client: Client, packet: CoAPacket) -> Answer:
    try:
        reply = client.SendPacket(packet)
    except (Timeout, PacketError, OSError, socket.gaierror):
        return Answer(AnswerKind.SILENT)
    finally:
        client._CloseSocket()
    causes = reply.get("Error-Cause", [None])
    return Answer(KINDS.get(reply.code, AnswerKind.SILENT), causes[0])
