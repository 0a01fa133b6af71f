"""Send one question and wait for an answer that only who knows the secret can have given."""

from __future__ import annotations

import select
import socket
import time
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pyrad.dictionary import Dictionary
from pyrad.packet import Packet, PacketError

LARGEST_PACKET = 4096
# Of a UDP packet nobody knows whether it arrived, so it is sent again while there is time.
TRIES = 3


@dataclass(frozen=True)
class Peer:
    """Name who is asked, and the secret that both know."""

    host: str
    port: int
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Exchange:
    """Hold an answer; none where nobody answered in time.

    `is_forged`: something came back that another secret made. `unreachable` says why nothing could
    be sent.
    """

    packet: Packet | None = None
    is_forged: bool = False
    unreachable: str | None = None


@cache
def dictionary() -> Dictionary:
    """Give the attributes that we know, read once a process."""
    return Dictionary(str(Path(__file__).with_name("dictionary")))


def ask(peer: Peer, question: Packet, timeout: float) -> Exchange:
    """Send it, again while nothing comes back, and give what does within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    try:
        family, _kind, _proto, _name, place = socket.getaddrinfo(
            peer.host, peer.port, type=socket.SOCK_DGRAM
        )[0]
        with closing(socket.socket(family, socket.SOCK_DGRAM)) as line:
            # Connected, so that nobody else's packets are read.
            line.connect(place)
            return _exchange(line, question, deadline, timeout / TRIES)
    except OSError as error:
        return Exchange(unreachable=error.strerror or type(error).__name__)


def _exchange(line: socket.socket, question: Packet, deadline: float, pace: float) -> Exchange:
    raw, is_forged, send_at = question.RequestPacket(), False, time.monotonic()
    while (now := time.monotonic()) < deadline:
        if now >= send_at:
            line.send(raw)
            send_at = now + pace
        heard = _receive(line, min(send_at, deadline) - now)
        answer = _genuine(question, heard) if heard else None
        if answer is not None:
            return Exchange(answer)
        is_forged = is_forged or bool(heard)
    return Exchange(is_forged=is_forged)


def _receive(line: socket.socket, seconds: float) -> bytes:
    poll = select.poll()
    poll.register(line, select.POLLIN)
    if not poll.poll(max(0.0, seconds) * 1000):
        return b""
    try:
        return line.recv(LARGEST_PACKET)
    except ConnectionRefusedError:
        # The machine is there and nobody listens: it may begin to before the time is over.
        time.sleep(max(0.0, seconds))
        return b""


def _genuine(question: Packet, heard: bytes) -> Packet | None:
    try:
        answer = question.CreateReply(packet=heard)
        return answer if question.VerifyReply(answer, heard) else None
    except (PacketError, ValueError):
        return None
