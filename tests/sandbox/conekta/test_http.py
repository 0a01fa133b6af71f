"""Test the line itself: requests as clients of all kinds send them."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from portal.sandbox.gateway.http import Connection
from portal.sandbox.gateway.meter import Meter
from tests.sandbox.conekta.client import KEY, VENDOR, order_request
from tests.support.event_loops import run_in_a_thread

HEADERS = f"Host: x\r\nAuthorization: Bearer {KEY}\r\nACCEPT: {VENDOR}\r\n"
BODY = json.dumps(order_request()).encode()


@pytest.fixture
def line(gateway):
    with socket.create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2])), 5) as client:
        yield client


def read_answer(line):
    """The status and the body of one answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += line.recv(1)
    head = data.decode()
    length = next(
        int(text.partition(":")[2])
        for text in head.lower().split("\r\n")
        if text.startswith("content-length")
    )
    body = b""
    while len(body) < length:
        body += line.recv(length - len(body))
    return int(head.split()[1]), body


def post(body=BODY, headers=HEADERS):
    return f"POST /orders HTTP/1.1\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def test_a_request_may_come_byte_by_byte(line):
    for byte in post():
        line.sendall(bytes([byte]))
    status, body = read_answer(line)
    assert status == 200
    assert json.loads(body)["object"] == "order"


def test_requests_may_come_in_one_piece_and_are_answered_in_turn(line, gateway):
    line.sendall(post() * 3 + b"GET /nothing HTTP/1.1\r\n" + HEADERS.encode() + b"\r\n")
    assert [read_answer(line)[0] for _ in range(4)] == [200, 200, 200, 404]
    assert gateway.figures()["connections"] == 1


def test_a_client_may_ask_before_it_sends_its_body(line):
    head, _, body = post(headers=HEADERS + "Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    line.sendall(head + b"\r\n\r\n")
    assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    line.sendall(body)
    assert read_answer(line)[0] == 200


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"POST /orders HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"POST /orders HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST /orders HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"GET /" + b"x" * 70_000, 431),
    ],
)
def test_what_cannot_be_read_ends_the_line(line, request_text, status):
    line.sendall(request_text)
    assert read_answer(line)[0] == status
    assert line.recv(1) == b""


def test_a_line_is_closed_when_the_client_asks(line):
    line.sendall(post(headers=HEADERS + "Connection: close\r\n"))
    assert read_answer(line)[0] == 200
    assert line.recv(1) == b""


def test_answers_name_their_version(api):
    response = api.call("GET", "/orders")
    assert response.headers["Content-Type"] == VENDOR
    assert response.headers["Conekta-Media-Type"] == "conekta-v2.3.0; format=json"


def test_a_failure_of_the_sandbox_itself_is_a_500_and_is_logged(caplog):
    async def fail(request, gone):
        raise RuntimeError("planted")

    async def call():
        listener = await asyncio.get_running_loop().create_server(
            lambda: Connection(fail, Meter(), set()), "127.0.0.1", 0
        )
        async with listener:
            address = listener.sockets[0].getsockname()
            reader, writer = await asyncio.open_connection(*address)
            writer.write(post())
            line = await reader.readline()
            writer.close()
            await writer.wait_closed()
            return line

    assert run_in_a_thread(call()) == b"HTTP/1.1 500 Internal Server Error\r\n"
    assert "planted" in caplog.text
