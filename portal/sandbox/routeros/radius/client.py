"""Ask RADIUS servers: again until answered, and then the next one."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pyrad.packet import PacketError

from portal.sandbox.routeros.radius.servers import Server
from portal.sandbox.routeros.radius.udp import Address, Udp

TRIES = 3
_IDS = 256

Make = Callable[[Server], Any]
"""Makes the packet for a server; its secret is in it."""


@dataclass
class Exchanges:
    """Hold what became of them, as `/radius monitor` counts it; `bad_replies` were not believed."""

    requests: int = 0
    resends: int = 0
    timeouts: int = 0
    bad_replies: int = 0


@dataclass(frozen=True)
class _Question:
    packet: Any
    answered: asyncio.Future[Any]
    wants_signature: bool


class Client:
    """Ask from one port, as one router. `plugged` is whether anything gets out."""

    def __init__(self, host: str) -> None:
        self.counters = Exchanges()
        self.plugged = True
        self._host = host
        self._udp: Udp | None = None
        self._ids = itertools.count()
        self._open: dict[tuple[Address, int], _Question] = {}
        # A packet's number has one byte: so many may be open, and the others wait.
        self._room = asyncio.Semaphore(_IDS)

    async def ask(
        self, servers: Iterable[Server], port: Callable[[Server], int], make: Make
    ) -> Any:
        """Give the first answer to be believed, of the first server that gives one, else None."""
        for server in servers:
            async with self._room:
                answer = await self._ask(server, (server.address, port(server)), make(server))
            if answer is not None:
                return answer
        return None

    def close(self) -> None:
        """Ask no more from this port."""
        if self._udp is not None:
            self._udp.close()
            self._udp = None

    async def _ask(self, server: Server, address: Address, packet: Any) -> Any:
        packet.id = self._free_id(address)
        # Encoded once: each repetition is the same, byte by byte.
        raw = packet.RequestPacket()
        answered = asyncio.get_running_loop().create_future()
        self._open[address, packet.id] = _Question(packet, answered, server.wants_signature)
        try:
            return await self._insist(raw, address, answered, server.timeout)
        finally:
            del self._open[address, packet.id]

    async def _insist(
        self, raw: bytes, address: Address, answered: asyncio.Future[Any], timeout: float
    ) -> Any:
        self.counters.requests += 1
        for attempt in range(TRIES):
            self.counters.resends += attempt > 0
            if self.plugged:
                self._socket().send(raw, address)
            done, _ = await asyncio.wait([answered], timeout=timeout)
            if done:
                return answered.result()
        self.counters.timeouts += 1
        return None

    def _socket(self) -> Udp:
        if self._udp is None:
            self._udp = Udp(self._host, 0, self._received)
        return self._udp

    def _free_id(self, address: Address) -> int:
        """The next that is not in use."""
        return next(
            n for n in (count % _IDS for count in self._ids) if (address, n) not in self._open
        )

    def _received(self, raw: bytes, address: Address) -> None:
        question = self._open.get((address, raw[1])) if len(raw) > 1 else None
        if question is None or question.answered.done() or not self.plugged:
            return
        answer = _believed(question, raw)
        if answer is None:
            self.counters.bad_replies += 1
        else:
            question.answered.set_result(answer)


def _believed(question: _Question, raw: bytes) -> Any:
    packet = question.packet
    try:
        answer = packet.CreateReply(packet=raw)
    except PacketError:
        return None
    wants = question.wants_signature
    return answer if packet.VerifyReply(answer, raw, enforce_ma=wants) else None
