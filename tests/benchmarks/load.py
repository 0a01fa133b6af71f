"""`python -m tests.benchmarks.load`: customers at once, so cheap that they hardly count.

Reads one plan as JSON from standard input and writes one outcome to standard output. Imports
nothing but the standard library, since it shares its cores with what it measures.
"""

from __future__ import annotations

import gc
import json
import select
import socket
import sys
import time
from dataclasses import asdict, dataclass
from itertools import cycle

from tests.support.processes.commands import run

STATUS_OK = b"HTTP/1.1 200 "
LENGTH = b"\r\ncontent-length: "
LONGEST_ANSWER_SECONDS = 60.0


@dataclass(frozen=True)
class Plan:
    """What each customer sends, one after the other.

    `requests` holds each customer's HTTP requests, which begin again after the last. With
    `keep_alive` all of a customer's go over one connection; else each opens its own, and that
    time counts. They begin evenly spread over `ramp` seconds and stop beginning `ramp + seconds`
    after the first; or after `times` each, where that is not None. An answer is good if it is a
    200 whose body contains `expected`.
    """

    port: int
    requests: list[list[str]]
    expected: str
    ramp: float = 0.0
    seconds: float = 0.0
    times: int | None = None
    keep_alive: bool = True


@dataclass(frozen=True)
class Answer:
    """One answer: when it was asked for and came, in seconds since the start."""

    began: float
    ended: float
    good: bool


@dataclass(frozen=True)
class Outcome:
    """All answers, the first that was not good (or empty), and the customers' own CPU seconds."""

    answers: list[Answer]
    complaint: str
    cpu: float


def carry_out(plan: Plan) -> Outcome:
    """Carry out the plan in a process of its own."""
    seconds = plan.ramp + plan.seconds + LONGEST_ANSWER_SECONDS
    command = [sys.executable, "-m", "tests.benchmarks.load"]
    done = run(command, stdin=json.dumps(asdict(plan)), seconds=seconds)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    outcome = json.loads(done.stdout)
    answers = [Answer(*answer) for answer in outcome["answers"]]
    return Outcome(answers, outcome["complaint"], outcome["cpu"])


class Customer:
    """Somebody who sends these requests again and again."""

    __slots__ = ("began", "buffer", "left", "port", "requests", "socket")

    def __init__(self, port: int, requests: list[str], times: int | None) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.requests = cycle([request.encode() for request in requests])
        self.left = times
        self.buffer = b""
        self.began = 0.0

    def ask(self) -> None:
        self.began = time.perf_counter()
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(next(self.requests))

    def hang_up(self) -> None:
        assert self.socket is not None
        self.socket.close()
        self.socket = None

    def listen(self) -> bytes | None:
        """The whole answer once it is there. Raises ConnectionError."""
        assert self.socket is not None
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError("the application hung up")
        self.buffer += got
        if not is_whole(self.buffer):
            return None
        answer, self.buffer = self.buffer, b""
        return answer


def is_whole(answer: bytes) -> bool:
    """Whether head and body of an answer are there; they come with a Content-Length."""
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    # Some servers write names of headers in small letters.
    start = answer[: head + 2].lower().index(LENGTH) + len(LENGTH)
    return len(answer) >= head + 4 + int(answer[start : answer.index(b"\r\n", start)])


class Crowd:
    """All customers of a plan, served by one loop."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._expected = plan.expected.encode()
        self._poll = select.epoll()
        self._asking: dict[int, Customer] = {}
        self._start = 0.0
        self.answers: list[tuple[float, float, bool]] = []
        self.complaint = ""

    def run(self) -> None:
        """Let everybody come, and wait for the last answer."""
        plan = self._plan
        # The last to come is the first in the list's pop().
        coming = [Customer(plan.port, own, plan.times) for own in plan.requests[::-1]]
        step = plan.ramp / len(coming)
        self._start = time.perf_counter()
        while coming or self._asking:
            due = self._start + step * (len(plan.requests) - len(coming))
            while coming and time.perf_counter() >= due:
                self._let_in(coming.pop())
                due += step
            self._serve(max(0.0, due - time.perf_counter()) if coming else None)

    def _let_in(self, customer: Customer) -> None:
        customer.ask()
        assert customer.socket is not None
        self._asking[customer.socket.fileno()] = customer
        self._poll.register(customer.socket.fileno(), select.EPOLLIN)

    def _let_out(self, customer: Customer) -> None:
        assert customer.socket is not None
        self._poll.unregister(customer.socket.fileno())
        del self._asking[customer.socket.fileno()]
        customer.hang_up()

    def _serve(self, seconds: float | None) -> None:
        for number, _ in self._poll.poll(seconds):
            customer = self._asking[number]
            answer = customer.listen()
            if answer is not None:
                self._note(customer, answer)

    def _note(self, customer: Customer, answer: bytes) -> None:
        now = time.perf_counter()
        good = answer.startswith(STATUS_OK) and self._expected in answer
        self.answers.append((customer.began - self._start, now - self._start, good))
        if not good and not self.complaint:
            self.complaint = answer.decode(errors="replace")
        goes_on = self._goes_on(customer, now)
        if goes_on and self._plan.keep_alive:
            customer.ask()
            return
        self._let_out(customer)
        if goes_on:
            self._let_in(customer)

    def _goes_on(self, customer: Customer, now: float) -> bool:
        if customer.left is None:
            return now < self._start + self._plan.ramp + self._plan.seconds
        customer.left -= 1
        return customer.left > 0


def main() -> None:
    """Carry out the plan on standard input."""
    crowd = Crowd(Plan(**json.load(sys.stdin)))
    gc.disable()
    before = time.process_time()
    crowd.run()
    cpu = time.process_time() - before
    outcome = {"answers": crowd.answers, "complaint": crowd.complaint, "cpu": cpu}
    json.dump(outcome, sys.stdout)


if __name__ == "__main__":
    main()
