"""Send packets that are written already, and take the time of each answer."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median, quantiles

PATIENCE_SECONDS = 2.0
LINES = 64
ACCEPTED = (2, 5)


@dataclass
class Asked:
    """Hold the milliseconds of each answer, and how long it all took. Refusals count as none."""

    milliseconds: list[float] = field(default_factory=list)
    unanswered: int = 0
    seconds: float = 0.0

    @property
    def answered(self) -> int:
        return len(self.milliseconds)

    @property
    def a_second(self) -> float:
        return self.answered / self.seconds

    @property
    def median_ms(self) -> float:
        return median(self.milliseconds)

    @property
    def p95_ms(self) -> float:
        return quantiles(self.milliseconds, n=20)[-1]


class _Line:
    """A socket of its own with one packet on the way: ids of different lines never meet."""

    def __init__(self, port: int, stack: ExitStack) -> None:
        self.socket = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.due = self.sent = 0.0

    def send(self, packet: bytes, due: float) -> None:
        self.due, self.sent = due, time.perf_counter()
        self.socket.send(packet)


def back_to_back(port: int, packets: Sequence[bytes], lines: int, seconds: float) -> Asked:
    """Ask on so many lines, each again as soon as it is answered."""
    return _ask(port, packets, lines, seconds, pace=None)


def at_a_pace(port: int, packets: Sequence[bytes], pace: float, seconds: float) -> Asked:
    """Ask so often a second, whether answers come or not; timed from when each was due."""
    return _ask(port, packets, LINES, seconds, pace=pace)


def _ask(
    port: int, packets: Sequence[bytes], lines: int, seconds: float, *, pace: float | None
) -> Asked:
    asked, queue = Asked(), iter(enumerate(packets))
    with ExitStack() as stack:
        free = [_Line(port, stack) for _ in range(lines)]
        busy: dict[int, _Line] = {}
        poll = select.epoll()
        stack.callback(poll.close)
        for line in free:
            poll.register(line.socket.fileno(), select.EPOLLIN)
        start = time.perf_counter()
        following = next(queue, None)
        while busy or (following and time.perf_counter() - start < seconds):
            now = time.perf_counter()
            while free and following and now - start < seconds:
                due = start + following[0] / pace if pace else now
                if due > now:
                    break
                line = free.pop()
                line.send(following[1], due)
                busy[line.socket.fileno()] = line
                following = next(queue, None)
            _hear(poll, busy, free, asked)
            _give_up(busy, free, asked)
        asked.seconds = time.perf_counter() - start
    return asked


def _hear(poll: select.epoll, busy: dict[int, _Line], free: list[_Line], asked: Asked) -> None:
    for number, _event in poll.poll(0.001):
        line = busy.get(number)
        if line is None:
            continue
        answer = line.socket.recv(4096)
        now = time.perf_counter()
        if answer[0] in ACCEPTED:
            asked.milliseconds.append(1000 * (now - line.due))
        else:
            asked.unanswered += 1
        free.append(busy.pop(number))


def _give_up(busy: dict[int, _Line], free: list[_Line], asked: Asked) -> None:
    late = time.perf_counter() - PATIENCE_SECONDS
    for number in [number for number, line in busy.items() if line.sent < late]:
        asked.unanswered += 1
        free.append(busy.pop(number))
