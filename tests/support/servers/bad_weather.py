"""A UDP way between routers and a server on which datagrams get lost, repeated, late, overtaken."""

from __future__ import annotations

import heapq
import itertools
import selectors
import socket
import threading
from dataclasses import dataclass
from random import Random
from time import monotonic

from portal.sandbox.started import Started

_LARGEST = 65_535
_LOOPBACK = "127.0.0.1"

Address = tuple[str, int]


@dataclass(frozen=True)
class Weather:
    """How likely each is, of each datagram either way; late ones by up to `seconds`."""

    lost: float = 0.0
    repeated: float = 0.0
    late: float = 0.0
    seconds: float = 0.05


CALM = Weather()
STORM = Weather(lost=0.15, repeated=0.15, late=0.3)
NOTHING_GETS_THROUGH = Weather(lost=1.0)


class BadWeather(Started):
    """Stands before one port of the server while the `with` block lasts.

    What becomes of a datagram is drawn by the seed, and by the order in which they come. `weather`
    may be changed at any time. Each router has an address of its own behind it, as behind NAT.
    """

    def __init__(self, server_port: int, weather: Weather = CALM, *, seed: int = 0) -> None:
        self.weather = weather
        self.counts = {"passed": 0, "lost": 0, "repeated": 0, "late": 0}
        self._server = (_LOOPBACK, server_port)
        self._chance = Random(seed)
        self._selector = selectors.DefaultSelector()
        self._front = self._socket()
        self._behind: dict[Address, socket.socket] = {}
        self._owner: dict[socket.socket, Address] = {}
        self._due: list[tuple[float, int, socket.socket, bytes, Address]] = []
        self._order = itertools.count()
        self._end_reader, self._end = socket.socketpair()
        self._selector.register(self._end_reader, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="bad-weather")

    def start(self) -> None:
        """Pass datagrams on from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Pass none on any more, and let go of all ports."""
        self._end.send(b"x")
        self._thread.join()
        for each in (self._front, *self._owner, self._end, self._end_reader):
            each.close()
        self._selector.close()

    @property
    def port(self) -> int:
        """Where routers ask."""
        port: int = self._front.getsockname()[1]
        return port

    def _run(self) -> None:
        while True:
            wait = max(0.0, self._due[0][0] - monotonic()) if self._due else None
            for key, _ in self._selector.select(wait):
                if key.fileobj is self._end_reader:
                    return
                assert isinstance(key.fileobj, socket.socket)
                self._take(key.fileobj)
            while self._due and self._due[0][0] <= monotonic():
                _, _, out, datagram, to = heapq.heappop(self._due)
                out.sendto(datagram, to)

    def _take(self, source: socket.socket) -> None:
        try:
            datagram, sender = source.recvfrom(_LARGEST)
        except ConnectionError:
            # Nobody listens at the server's port now.
            return
        if source is self._front:
            self._pass_on(self._behind_of(sender), datagram, self._server)
        else:
            self._pass_on(self._front, datagram, self._owner[source])

    def _behind_of(self, router: Address) -> socket.socket:
        if router not in self._behind:
            self._behind[router] = made = self._socket()
            self._owner[made] = router
        return self._behind[router]

    def _pass_on(self, out: socket.socket, datagram: bytes, to: Address) -> None:
        weather, chance = self.weather, self._chance
        if self._happens("lost", weather.lost):
            return
        for _ in range(2 if self._happens("repeated", weather.repeated) else 1):
            late = self._happens("late", weather.late)
            moment = monotonic() + (chance.uniform(0, weather.seconds) if late else 0)
            heapq.heappush(self._due, (moment, next(self._order), out, datagram, to))
        self.counts["passed"] += 1

    def _happens(self, what: str, likelihood: float) -> bool:
        happens = self._chance.random() < likelihood
        self.counts[what] += happens
        return happens

    def _socket(self) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((_LOOPBACK, 0))
        self._selector.register(made, selectors.EVENT_READ)
        return made
