"""Let others change or end a session from outside: `/radius incoming` (RFC 5176).

RouterOS' manual names what a CoA may change. Vouched for by nobody: that a session is found by
user, address and session id together and by nothing less; that an attribute which may not be
changed is refused (401) and nothing else of the request is done; that `Session-Timeout` counts from
the session's start; that a request which comes again is done again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Any

from pyrad.packet import (
    CoANAK,
    CoAPacket,
    CoARequest,
    DisconnectNAK,
    DisconnectRequest,
    PacketError,
)

from portal.sandbox.routeros.causes import Cause
from portal.sandbox.routeros.hotspot import Hotspot
from portal.sandbox.routeros.menus import paths
from portal.sandbox.routeros.menus.store import Row
from portal.sandbox.routeros.radius.dictionary import dictionary
from portal.sandbox.routeros.radius.grant import Grant, first
from portal.sandbox.routeros.radius.identity import Tables
from portal.sandbox.routeros.radius.radius import Radius
from portal.sandbox.routeros.radius.udp import Address, Udp

_NAMES_SESSION = ("User-Name", "Framed-IP-Address", "Acct-Session-Id")
_UNCHANGEABLE = ("Mikrotik-Total-Limit", "Mikrotik-Total-Limit-Gigawords", "Framed-Pool")


class ErrorCause(IntEnum):
    """Name why not (RFC 5176, 3.5)."""

    UNSUPPORTED_ATTRIBUTE = 401
    MISSING_ATTRIBUTE = 402
    NO_SUCH_SESSION = 503


@dataclass
class Received:
    """Hold as `/radius incoming monitor` counts it; `bad_requests` had no secret of ours."""

    requests: int = 0
    bad_requests: int = 0
    acks: int = 0
    naks: int = 0


class Incoming:
    """Listen where the table says, or at `port` if that is given: 0 is a free one."""

    def __init__(
        self,
        tables: Tables,
        hotspot: Hotspot,
        radius: Radius,
        host: str,
        port: int | None,
    ) -> None:
        self.counters = Received()
        self._tables = tables
        self._hotspot = hotspot
        self._radius = radius
        self._host = host
        self._wanted = port
        self._udp: Udp | None = None
        self._at = 0

    @property
    def port(self) -> int | None:
        """Tell where it listens, if it does."""
        return self._udp.port if self._udp else None

    def follow(self) -> None:
        """Listen, or not, as the table says now. Raises OSError where the port is taken."""
        [settings] = self._tables[paths.RADIUS_INCOMING]
        at = int(settings.get("port")) if self._wanted is None else self._wanted
        accepts = settings.get("accept") == "true"
        if self._udp is not None and not (accepts and at == self._at):
            self.close()
        if accepts and self._udp is None:
            self._udp = Udp(self._host, at, self._received)
            if self._wanted is not None:
                # A free port that was found once is kept.
                self._wanted = self._udp.port
            self._at = self._udp.port

    def close(self) -> None:
        """Listen no more."""
        if self._udp is not None:
            self._udp.close()
            self._udp = None

    def _received(self, raw: bytes, address: Address) -> None:
        request = next(filter(None, (_believed(raw, s) for s in self._secrets(address[0]))), None)
        if request is None:
            self.counters.bad_requests += 1
            return
        self.counters.requests += 1
        self._hotspot.settle()
        refused = self._do(request)
        reply = request.CreateReply()
        if refused is None:
            self.counters.acks += 1
        else:
            self.counters.naks += 1
            is_coa = request.code == CoARequest
            reply.code = CoANAK if is_coa else DisconnectNAK
            reply["Error-Cause"] = refused
        if request.message_authenticator:
            reply.add_message_authenticator()
        if self._udp is not None:
            self._udp.send(reply.ReplyPacket(), address)

    def _secrets(self, source: str) -> Iterable[bytes]:
        """Only servers that the router asks may tell it something."""
        rows = (row for row in self._tables[paths.RADIUS] if row.get("disabled") != "true")
        return {row.get("secret").encode() for row in rows if row.get("address") == source}

    def _do(self, request: Any) -> ErrorCause | None:
        if not all(name in request for name in _NAMES_SESSION):
            return ErrorCause.MISSING_ATTRIBUTE
        session = self._named(request)
        if session is None:
            return ErrorCause.NO_SUCH_SESSION
        if request.code == DisconnectRequest:
            self._hotspot.remove_session(session, Cause.ADMIN_RESET)
            return None
        if any(name in request for name in _UNCHANGEABLE):
            return ErrorCause.UNSUPPORTED_ATTRIBUTE
        self._change(session, Grant.of(request, self._hotspot.now))
        return None

    def _named(self, request: Any) -> Row | None:
        wanted = {name: first(request, name) for name in _NAMES_SESSION}
        for session, accounted in self._radius.sessions.items():
            if all(accounted.known_as[name] == value for name, value in wanted.items()):
                return session
        return None

    def _change(self, session: Row, wanted: Grant) -> None:
        accounted = self._radius.sessions[session]
        said = {field.name: getattr(wanted, field.name) for field in fields(Grant)}
        said = {name: value for name, value in said.items() if value not in (None, ())}
        accounted.grant = replace(accounted.grant, **said)
        self._radius.replan(session, accounted)


def _believed(raw: bytes, secret: bytes) -> Any:
    """The request, if whoever sent it knows this secret and signed it right, if at all."""
    try:
        request = CoAPacket(packet=raw, secret=secret, dict=dictionary())
    except PacketError:
        return None
    if request.code not in (CoARequest, DisconnectRequest) or not request.VerifyCoARequest():
        return None
    if request.message_authenticator and not request.verify_message_authenticator():
        return None
    return request
