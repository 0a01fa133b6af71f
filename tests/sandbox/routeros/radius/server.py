"""A RADIUS server of pyrad's packets, which says what a test tells it and keeps what it heard."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pyrad.packet import AccessAccept, AccessReject, AcctPacket, AuthPacket, CoAPacket

from portal.sandbox.routeros.radius.dictionary import dictionary
from portal.sandbox.started import Started
from tests.support.patience import PATIENCE

SECRET = b"between the two of us"
Attributes = dict[str, Any]


@dataclass
class Said:
    """What is answered to logins. `accept` None: nothing. `users`: their passwords."""

    accept: bool | None = True
    attributes: Attributes = field(default_factory=dict)
    signed: bool = True
    secret: bytes = SECRET
    users: dict[str, str] | None = None
    accounting: bool = True


class RadiusServer(Started):
    """Two sockets, for logins and accounting, while the `with` block lasts."""

    def __init__(self) -> None:
        self.said = Said()
        self.logins: list[Any] = []
        self.accounting: list[Any] = []
        self.raw: list[bytes] = []
        self._sockets = [_socket(), _socket()]
        self._threads = [
            threading.Thread(target=self._serve, args=(self._sockets[0], self._log_in)),
            threading.Thread(target=self._serve, args=(self._sockets[1], self._account)),
        ]

    def start(self) -> None:
        """Answer from now on."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Answer no more."""
        for bound in self._sockets:
            # An empty datagram to itself ends its thread.
            bound.sendto(b"", bound.getsockname())
        for thread, bound in zip(self._threads, self._sockets, strict=True):
            thread.join()
            bound.close()

    @property
    def ports(self) -> tuple[int, int]:
        """Of logins and of accounting."""
        first, second = (bound.getsockname()[1] for bound in self._sockets)
        return first, second

    def told(self, *names: str) -> list[tuple[Any, ...]]:
        """What accounting said under these names, in its order; None where it did not."""
        return [tuple(value(packet, name) for name in names) for packet in self.accounting]

    def _serve(self, bound: socket.socket, take: Callable[[bytes], bytes | None]) -> None:
        while True:
            raw, sender = bound.recvfrom(4096)
            if not raw:
                return
            self.raw.append(raw)
            if (answer := take(raw)) is not None:
                bound.sendto(answer, sender)

    def _log_in(self, raw: bytes) -> bytes | None:
        request = AuthPacket(packet=raw, secret=self.said.secret, dict=dictionary())
        self.logins.append(request)
        if self.said.accept is None:
            return None
        lets_in = self.said.accept and self._knows(request)
        reply = request.CreateReply(message_authenticator=self.said.signed)
        reply.code = AccessAccept if lets_in else AccessReject
        if self.said.signed:
            reply.add_message_authenticator()
        for name, given in self.said.attributes.items():
            reply[name] = given
        answer: bytes = reply.ReplyPacket()
        return answer

    def _knows(self, request: Any) -> bool:
        if self.said.users is None:
            return True
        password = self.said.users.get(value(request, "User-Name"), "")
        if "CHAP-Password" in request:
            fits: bool = request.VerifyChapPasswd(password)
            return fits
        given: str = request.PwDecrypt(value(request, "User-Password"))
        return given == password

    def _account(self, raw: bytes) -> bytes | None:
        request = AcctPacket(packet=raw, secret=SECRET, dict=dictionary())
        assert request.VerifyAcctRequest()
        self.accounting.append(request)
        answer: bytes = request.CreateReply().ReplyPacket()
        return answer if self.said.accounting else None


def value(packet: Any, name: str) -> Any:
    """An attribute's value, or None."""
    return packet[name][0] if name in packet else None


def send_change(
    port: int | None,
    code: int,
    attributes: Attributes,
    *,
    secret: bytes = SECRET,
    sign: bool = True,
    seconds: float = PATIENCE,
) -> Any:
    """A Disconnect or a CoA to a router, and its answer; None where none comes within seconds."""
    request = CoAPacket(code=code, secret=secret, dict=dictionary())
    for name, given in attributes.items():
        request[name] = given
    if sign:
        request.add_message_authenticator()
    with contextlib.closing(_socket()) as bound:
        bound.settimeout(seconds)
        bound.sendto(request.RequestPacket(), ("127.0.0.1", port or 0))
        try:
            raw = bound.recv(4096)
        except TimeoutError:
            return None
    answer = request.CreateReply(packet=raw)
    assert request.VerifyReply(answer, raw)
    return answer


def _socket() -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.bind(("127.0.0.1", 0))
    return bound
