"""Test a gateway that hangs, dribbles, half-answers, closes, or speaks no HTTP at all."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack
from functools import partial
from time import monotonic
from urllib.parse import urlsplit

import pytest
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

from portal.payments.gateway import Canceled, Fault, Opened, Paid, Refused, Unknown
from portal.payments.methods import Card
from portal.payments.session import _Connection, new_session
from tests.payments.conekta.lying import LONG_ENOUGH, Clock, Connections
from tests.payments.conekta.samples import ORDER_ID, PURCHASE, TOKEN, charge, charged, order
from tests.payments.conekta.wire import Wire, answer
from tests.support.patience import PATIENCE, within

CHARGE = f"POST /orders/{ORDER_ID}/charges"
SECONDS = 0.4
WHOLE = answer(200, charge())


def dribble(data, pause=0.02):
    """Send a byte at a time, for ever if need be."""

    def reply(_, line):
        for position in range(len(data)):
            if wire.stopping.wait(pause):
                break
            line.sendall(data[position : position + 1])

    wire = Wire(reply)
    return wire


def endless_headers():
    def reply(_, line):
        line.sendall(b"HTTP/1.1 200 OK\r\n")
        while not wire.stopping.wait(0.02):
            line.sendall(b"X: y\r\n")

    wire = Wire(reply)
    return wire


def silent():
    def reply(*_):
        wire.stopping.wait(30)

    wire = Wire(reply)
    return wire


def continues():
    def reply(_, line):
        while not wire.stopping.wait(0.01):
            line.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    wire = Wire(reply)
    return wire


def falls_silent():
    def reply(_, line):
        wire.stopping.wait(SECONDS * 0.75)
        line.sendall(WHOLE[:40])
        wire.stopping.wait(30)

    wire = Wire(reply)
    return wire


SLOW = {
    "begins late and falls silent": falls_silent,
    "says nothing": silent,
    "dribbles a whole answer": lambda: dribble(WHOLE),
    "dribbles its body": lambda: dribble(answer(200, b" " * 10_000), 0.001),
    "dribbles chunks": lambda: dribble(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 10_000, 0.0005
    ),
    "sends headers without end": endless_headers,
    "asks to go on without end": continues,
}


@pytest.mark.parametrize("name", SLOW)
@within(SECONDS + 0.25, at_least=SECONDS * 0.9)
def test_a_slow_answer_is_cut_off_at_the_deadline(name, connect):
    with SLOW[name]() as wire:
        outcome = connect(wire.url).charge(PURCHASE, ORDER_ID, Card(TOKEN), SECONDS)
    assert outcome == Unknown("timeout")
    assert wire.names() == [CHARGE]


@within(1.0, at_least=0.2)
def test_the_read_timeout_holds_where_it_is_the_shorter(connect):
    with dribble(WHOLE) as wire:
        outcome = connect(wire.url, read_timeout=0.2).charge(PURCHASE, None, Card(TOKEN), 10)
    assert outcome == Unknown("timeout")


def test_a_slow_answer_that_is_in_time_is_taken(connect):
    with dribble(WHOLE, 0.0005) as wire:
        assert isinstance(connect(wire.url).charge(PURCHASE, ORDER_ID, Card(TOKEN), 5), Paid)


def raw(data):
    """Send these bytes and close."""

    def reply(_, line):
        line.sendall(data)

    return Wire(reply)


ODD = {
    "nothing": (b"", "dropped"),
    "half a status line": (b"HTTP/1.", "dropped"),
    "half a status": (b"HTTP/1.1 40", "dropped"),
    "no HTTP": (b"220 mail.example ESMTP\r\n", "dropped"),
    "garbage": (bytes(range(256)) * 4, "dropped"),
    "half the headers": (b"HTTP/1.1 200 OK\r\nContent-Le", "unclear"),
    "half the body": (WHOLE[:-20], "dropped"),
    "a negative length": (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}", "unclear"),
    "two lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        "dropped",
    ),
    "a broken chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "dropped"),
    "a header too long": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", "dropped"),
    "too many headers": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "dropped"),
    "gzip that is none": (answer(200, b"xx", Content_Encoding="gzip"), "dropped"),
    "five megabytes": (answer(200, b" " * (5 * 2**20)), "too_big"),
    "deep JSON": (answer(200, b"[" * 200_000), "unclear"),
    "a huge number": (answer(200, b"9" * 5000), "unclear"),
    "no UTF-8": (answer(200, b'{"object": "\xff"}'), "unclear"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_answer_that_is_none_is_unknown(name, connect):
    data, reason = ODD[name]
    with raw(data) as wire:
        assert connect(wire.url).charge(PURCHASE, None, Card(TOKEN), 5) == Unknown(reason)
    assert wire.names() == ["POST /orders"]


def test_an_answer_without_length_ends_with_the_line(connect):
    body = answer(200, charge()).partition(b"\r\n\r\n")[2]
    with raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body) as wire:
        assert isinstance(connect(wire.url).charge(PURCHASE, ORDER_ID, Card(TOKEN), 5), Paid)


def test_a_redirect_is_not_followed(connect):
    with Wire(lambda *_: answer(200, charge())) as elsewhere:
        moved = answer(307, b"", Location=elsewhere.url + "/orders")
        with Wire(lambda *_: moved) as wire:
            assert connect(wire.url).charge(PURCHASE, None, Card(TOKEN), 5) == Unknown("http_307")
    assert elsewhere.requests == []


def test_no_cookie_is_kept():
    given = answer(200, {}, Set_Cookie="account=another; Path=/")
    with Wire(lambda *_: given) as wire, new_session(1) as session:
        session.get(wire.url, timeout=PATIENCE)
        session.get(wire.url, timeout=PATIENCE)
        assert len(session.cookies) == 0
    assert all("cookie" not in request.headers for request in wire.requests)


def test_the_environment_is_not_asked(scripted, connect, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        proxy = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    wire = scripted({f"GET /orders/{ORDER_ID}": (200, order())})
    assert isinstance(connect(wire.url).look_up(PURCHASE, ORDER_ID, 5), Opened)


def test_calls_share_a_line(scripted, connect):
    wire = scripted(
        {
            "POST /orders": (200, order()),
            CHARGE: (200, charge()),
            f"GET /orders/{ORDER_ID}": (404, {}),
        }
    )
    gateway = connect(wire.url)
    gateway.open_order(PURCHASE, 5)
    gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5)
    gateway.look_up(PURCHASE, ORDER_ID, 5)
    gateway.look_up(PURCHASE, ORDER_ID, 5)
    assert len(wire.requests) == 4
    assert wire.lines == 1


def test_a_line_that_the_server_closed_meanwhile_is_not_charged_on(scripted, connect):
    wire = scripted({"POST /orders": (200, order()), CHARGE: (200, charge())})
    gateway = connect(wire.url)
    gateway.open_order(PURCHASE, 5)
    wire.drop_lines()
    assert isinstance(gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5), Paid)
    assert wire.names() == ["POST /orders", CHARGE]
    assert wire.lines == 2


def cut(kind, times):
    """Cut the line on the first calls of a kind, after reading them; then answer."""
    counted = []

    def reply(request, _):
        if request.name == kind:
            counted.append(request)
            if len(counted) <= times:
                return None
        bodies = {
            "POST /orders": order(),
            f"GET /orders/{ORDER_ID}": order(),
            f"POST /orders/{ORDER_ID}/cancel": charged("canceled"),
        }
        return answer(200, bodies.get(request.name, {}))

    return Wire(reply)


def at_once(came):
    """A server that has sent its order when `came` is set."""

    def reply(_request, line):
        line.sendall(answer(200, order()))
        came.set()
        return b""

    return Wire(reply)


def test_what_costs_nothing_is_asked_once_more_when_dropped(connect):
    with cut("POST /orders", 1) as wire:
        assert connect(wire.url).open_order(PURCHASE, 5) == Opened(ORDER_ID)
    assert wire.names() == ["POST /orders"] * 2
    with cut("POST /orders", 2) as wire:
        assert connect(wire.url).open_order(PURCHASE, 5) == Unknown("dropped")
    assert wire.names() == ["POST /orders"] * 2
    with cut(f"GET /orders/{ORDER_ID}", 1) as wire:
        assert connect(wire.url).look_up(PURCHASE, ORDER_ID, 5) == Opened(ORDER_ID)


def test_an_answer_is_read_however_long_something_else_took_meanwhile(connect, monkeypatch):
    came, clock = threading.Event(), Clock()
    monkeypatch.setattr("portal.payments.line.exchange.monotonic", clock)
    # What is at hand is read at once, but by however busy a machine.
    monkeypatch.setattr("portal.payments.line.exchange.AT_HAND", PATIENCE)

    def work():
        assert came.wait(PATIENCE)
        clock.ahead += 2 * PATIENCE

    with at_once(came) as wire:
        assert connect(wire.url).open_order(PURCHASE, PATIENCE, work) == Opened(ORDER_ID)


def test_what_else_was_done_meanwhile_is_none_of_the_gateways_time(connect, monkeypatch):
    came, told = threading.Event(), []
    connections = Connections(monkeypatch)
    with at_once(came) as wire:
        gateway = connect(wire.url, observe=lambda *what: told.append(what))
        started = monotonic()
        gateway.open_order(PURCHASE, 5, partial(connections.let_lie, came))
        whole = monotonic() - started
    ((kind, seconds, outcome),) = told
    assert (kind, outcome) == ("open_order", "200")
    assert 0 <= seconds <= whole - LONG_ENOUGH


def test_no_answer_is_lost_where_the_system_does_not_say_when_it_came(connect, monkeypatch):
    # More than any system tells, which it refuses.
    monkeypatch.setattr("portal.payments.line.exchange.LAST_CAME", slice(52, 5000))
    with at_once(threading.Event()) as wire:
        assert connect(wire.url).open_order(PURCHASE, 5, lambda: None) == Opened(ORDER_ID)


def test_a_line_counts_as_idle_since_its_answer_came(connect, monkeypatch):
    monkeypatch.setattr("portal.payments.line.exchange.MAX_IDLE_SECONDS", 60.0)
    came, connections = threading.Event(), Connections(monkeypatch)

    def work():
        connections.let_lie(came)
        # Nobody waits for so long in a test: what has lain is too old.
        monkeypatch.setattr("portal.payments.line.exchange.MAX_IDLE_SECONDS", LONG_ENOUGH)

    with at_once(came) as wire:
        gateway = connect(wire.url)
        gateway.open_order(PURCHASE, 5, work)
        gateway.open_order(PURCHASE, 5)
        assert wire.lines == 2


def test_what_was_dropped_and_cannot_be_asked_again_has_left_us(connect):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def take_one_and_go():
            line, _ = listener.accept()
            with line:
                line.recv(1 << 16)
                listener.close()

        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = threading.Thread(target=take_one_and_go)
        server.start()
        outcome = connect(url).open_order(PURCHASE, 5)
        server.join(PATIENCE)
    assert outcome == Unknown("dropped")


@pytest.mark.parametrize("kind", [CHARGE, f"POST /orders/{ORDER_ID}/refunds", "POST /orders"])
def test_what_moves_money_is_never_sent_twice(kind, connect):
    with cut(kind, 9) as wire:
        gateway = connect(wire.url)
        if kind == CHARGE:
            result = gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5)
        elif kind == "POST /orders":
            result = gateway.charge(PURCHASE, None, Card(TOKEN), 5)
        else:
            result = gateway.refund(ORDER_ID, 5000, 5)
    assert result.reason == "dropped"
    assert wire.names().count(kind) == 1


def test_a_reset_while_answering_is_unknown(connect):
    def reply(_, line):
        line.sendall(WHOLE[:30])
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    with Wire(reply) as wire:
        assert connect(wire.url).charge(PURCHASE, None, Card(TOKEN), 5) == Unknown("dropped")


@within(1.3, at_least=0.3)
def test_a_server_that_does_not_take_the_line_was_sent_nothing(connect):
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        while True:
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0.2)
            try:
                filler.connect(address)
            except TimeoutError:
                break
        gateway = connect(f"http://127.0.0.1:{address[1]}", connect_timeout=0.3)
        outcome = gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5)
    assert outcome == Refused("unreachable", Fault.US)


def test_many_threads_share_the_lines_without_mixing_answers(connect):
    def reply(request, _):
        order_id = request.path.split("/")[2]
        return answer(200, charged("canceled", id=order_id))

    with Wire(reply) as wire:
        gateway = connect(wire.url, pool_size=8)
        wrong = []

        def work(number):
            for _ in range(20):
                found = gateway.cancel(f"ord_{number}", 5)
                if not isinstance(found, Canceled) or found.order.id != f"ord_{number}":
                    wrong.append(found)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert len(wire.requests) == 160
    assert wire.lines <= 8


def test_the_observer_hears_of_every_call(scripted, connect):
    heard = []
    wire = scripted({"POST /orders": (200, order()), f"GET /orders/{ORDER_ID}": (503, b"")})
    gateway = connect(wire.url, observe=lambda *call: heard.append(call))
    gateway.open_order(PURCHASE, 5)
    gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5)
    assert [(kind, outcome) for kind, _, outcome in heard] == [
        ("open_order", "200"),
        ("charge", "dropped"),
        ("look_up", "503"),
    ]
    assert all(0 < seconds < 5 for _, seconds, _ in heard)


def test_an_observer_that_fails_does_not_cost_the_answer(scripted, connect, caplog):
    wire = scripted({CHARGE: (200, charge())})
    gateway = connect(wire.url, observe=lambda *call: 1 / 0)
    assert isinstance(gateway.charge(PURCHASE, ORDER_ID, Card(TOKEN), 5), Paid)
    assert "observer failed" in caplog.text
    assert TOKEN not in caplog.text


class StandIn(HTTPConnection):
    """urllib3's connection as another package has it, whose answers are promised."""

    promised: object = None

    def getresponse(self, *, promise=None, **more):
        self.promised = promise
        return super().getresponse()


class Pool(HTTPConnectionPool):
    """Hand over what that package's pool does."""

    class ConnectionCls(_Connection, StandIn):
        def request(self, *args, **kwargs):
            super().request(*args, **kwargs)
            self.getresponse = partial(self.getresponse, promise="ours", police_officer=None)


def test_another_package_stands_in_for_urllib3():
    with Wire(lambda *_: WHOLE) as wire, Pool("127.0.0.1", urlsplit(wire.url).port) as pool:
        assert pool.request("GET", "/").json() == charge()
        line = pool.pool.get()
        assert (line.promised, line.is_connected) == ("ours", True)
        line.close()
