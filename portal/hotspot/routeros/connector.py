"""Open a connection to a router: name, TCP, TLS, login."""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress

from portal.hotspot.deadline import Deadline
from portal.hotspot.errors import PasswordWithheld, RouterRefused
from portal.hotspot.resolver import Endpoint, Resolver
from portal.hotspot.router import RouterAddress
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.commands import FEW, Intake
from portal.hotspot.routeros.errors import Lost, SessionLimitReached, Trap, not_connected
from portal.hotspot.routeros.line.callers import Caller
from portal.hotspot.routeros.line.line import Line
from portal.hotspot.routeros.line.wire import Wire
from portal.hotspot.routeros.settings import RouterSettings
from portal.hotspot.routeros.tls import fingerprint_shown, secure
from portal.hotspot.routeros.values import Generation, is_sendable, spellings, to_wire
from portal.hotspot.targets import refuse_own, refuse_within

# Bytes: with headers, what IPv6 asks every path to carry.
_SEGMENT = 1220
# In a row; until the next, half of the time without a word that the first came after.
_PROBES = 2
_HUNG_UP = (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


class Opener:
    """Open connections to one router."""

    def __init__(
        self, address: RouterAddress, settings: RouterSettings, birth: Callable[[], Generation]
    ) -> None:
        self._address = address
        self._settings = settings
        self._birth = birth
        self._resolver = Resolver(address.host, address.port)

    def open(self, deadline: Deadline, caller: Caller, ask_for_tags: bool = True) -> Line:
        """Open a line that is logged in; `caller` is told whenever the router answers.

        Raises Lost, SessionLimitReached, and RouterRefused (credentials, certificate).
        """
        if not self._address.passwords:
            raise PasswordWithheld(messages.NOT_FOR_THIS_ADDRESS, executed=False)
        wire = Wire(self._socket(deadline, caller))
        line = Line(wire, self._birth(), None if ask_for_tags else False)
        try:
            self._log_in(line, deadline, caller)
        except BaseException:
            line.close()
            raise
        return line

    def fingerprint(self, deadline: Deadline) -> str:
        """Read the certificate that is shown to whoever connects; no password is sent.

        Gives its SHA-256, lower-case hex. Raises Lost, and RouterRefused where none is shown.
        """
        sock = self._connected(deadline)
        try:
            sock.settimeout(deadline.socket_timeout())
            return fingerprint_shown(sock)
        except (OSError, ValueError) as error:
            raise not_connected(error) from None
        finally:
            sock.close()

    def _connected(self, deadline: Deadline) -> socket.socket:
        try:
            return _connect(self._endpoints(deadline), deadline)
        except (OSError, ValueError) as error:
            raise not_connected(error) from None

    def _socket(self, deadline: Deadline, caller: Caller) -> socket.socket:
        sock = self._connected(deadline)
        caller.heard()
        _probe(sock, self._settings.probe_seconds)
        try:
            sock.settimeout(deadline.socket_timeout())
            return secure(sock, self._address, self._settings.ca_file)
        except _HUNG_UP:
            sock.close()
            raise SessionLimitReached(messages.TURNED_AWAY_FROM_TLS) from None
        except (OSError, ValueError) as error:
            sock.close()
            raise not_connected(error) from None
        except BaseException:
            sock.close()
            raise

    def _endpoints(self, deadline: Deadline) -> list[Endpoint]:
        """Look once at what is then connected to: a name service may answer otherwise."""
        endpoints = self._resolver.endpoints(deadline)
        if self._address.dials_in:
            return endpoints
        refuse_within(endpoints, self._settings.tunnel)
        if not self._settings.own_machine:
            refuse_own(endpoints)
        return endpoints

    def _log_in(self, line: Line, deadline: Deadline, caller: Caller) -> None:
        if not all(map(is_sendable, (self._address.username, *self._address.passwords))):
            raise RouterRefused(messages.LOGIN_REFUSED, executed=False)
        try:
            self._enter(line, deadline, caller)
        except Trap as trap:
            if trap.says("too many", "session"):
                raise SessionLimitReached(messages.TURNED_AWAY) from None
            raise RouterRefused(messages.LOGIN_REFUSED, executed=False) from None
        except Lost as lost:
            if lost.advice == messages.CUT:
                raise SessionLimitReached(messages.TURNED_AWAY) from None
            # Whoever talks without end before anybody is let in is no router.
            reason = messages.GARBLED if lost.advice == messages.TOO_MUCH else lost.advice
            # A login that may have been read is still no command that may have been done.
            raise Lost(reason, sent=False, silent=lost.silent) from None

    def _enter(self, line: Line, deadline: Deadline, caller: Caller) -> None:
        """Log in, with each way in which the name and a password may be stored there."""
        for name, password in self._ways():
            try:
                return _log_in_as(line, name, password, deadline, caller)
            except Trap as trap:
                refused = trap
        raise refused

    def _ways(self) -> Iterator[tuple[str, str]]:
        names = spellings(self._address.username)
        for password in self._address.passwords:
            words = spellings(password)
            yield from dict.fromkeys(((names[0], words[0]), (names[-1], words[-1])))


def _connect(endpoints: list[Endpoint], deadline: Deadline) -> socket.socket:
    """Connect to the first endpoint that answers; each gets its share of the time that is left."""
    error: OSError = socket.gaierror()
    for count, (family, address) in enumerate(endpoints):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(deadline.socket_timeout() / (len(endpoints) - count))
            _ask_for_short_segments(sock)
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as failed:
            sock.close()
            error = failed
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise error


def _ask_for_short_segments(sock: socket.socket) -> None:
    """Have both ends send no packet that a tunnel or PPPoE may drop without a word.

    Every long answer would be lost with it, and those alone. Not every kernel lets one ask.
    """
    if hasattr(socket, "TCP_MAXSEG"):
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT)


def _probe(sock: socket.socket, seconds: int) -> None:
    """Have the kernel notice that a path is dead, before the next command is lost on it.

    A NAT that restarts, or a site with a new address, tells nobody.
    """
    if not hasattr(socket, "TCP_KEEPIDLE"):
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, seconds)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, max(1, seconds // _PROBES))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _PROBES)


def _log_in_as(line: Line, name: str, password: str, deadline: Deadline, caller: Caller) -> None:
    was_tagged = not line.is_untagged
    try:
        _say(line, name, password, deadline, caller)
    except Trap:
        # A refusal without the tag asked for may be because of the tag.
        if not (was_tagged and line.is_untagged):
            raise
        _say(line, name, password, deadline, caller)


def _say(line: Line, name: str, password: str, deadline: Deadline, caller: Caller) -> None:
    login = ("/login", f"=name={name}", f"=password={password}")
    challenge = line.ask(login, deadline, caller, Intake(FEW)).done.get("ret")
    if challenge is not None:
        answer = ("/login", f"=name={name}", _response(password, challenge))
        line.ask(answer, deadline, caller, Intake(FEW))


def _response(password: str, challenge: str) -> str:
    """Give what RouterOS before 6.43 asks for in place of the password."""
    try:
        salt = bytes.fromhex(challenge)
    except ValueError:
        raise Lost(messages.GARBLED, sent=False) from None
    digest = hashlib.md5(b"\x00" + to_wire(password) + salt, usedforsecurity=False)
    return f"=response=00{digest.hexdigest()}"
