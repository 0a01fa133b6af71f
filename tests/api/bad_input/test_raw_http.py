"""Test requests that no HTTP library sends, at the server as it runs in production."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.api.bad_input.conftest import traces
from tests.support.patience import PATIENCE
from tests.support.servers.gunicorn import Server
from tests.support.shop import SECRETS, Shop, open_shop

CRLF = b"\r\n"


class Wire:
    """A server, and a way to send it bytes."""

    def __init__(self, shop: Shop, server: Server) -> None:
        self.shop, self.server = shop, server

    def send(self, *parts: bytes, headers: tuple[bytes, ...] = ()) -> int:
        """POST a purchase with these headers, its body in parts; the answer's status."""
        head = [
            b"POST /api/v1/payments/pagar-conekta HTTP/1.1",
            b"Host: 127.0.0.1",
            b"Connection: close",
            b"Content-Type: application/json",
            b"X-API-Key: " + self.shop.api_key.encode(),
            *headers,
        ]
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE) as line:
            # A server that has seen enough answers and closes, and the answer can still be read.
            with suppress(OSError):
                for part in (CRLF.join(head) + CRLF * 2, *parts):
                    line.sendall(part)
                line.shutdown(socket.SHUT_WR)
            answer = line.recv(65536)
        return int(answer.split(b" ", 2)[1])

    def order(self) -> bytes:
        return json.dumps(self.shop.order()).encode()


def sized(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


def chunk(body: bytes) -> bytes:
    return b"%x" % len(body) + CRLF + body + CRLF


CHUNKED = b"Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder: Path = tmp_path_factory.mktemp("instance")
    with ExitStack() as stack:
        shop = stack.enter_context(open_shop(folder, None))
        environ = SECRETS | {"INSTANCE_PATH": str(folder), "CONEKTA_API_URL": shop.gateway.url}
        server = stack.enter_context(Server(env=environ))
        yield Wire(shop, server)


def test_the_order_itself_is_good(wire: Wire) -> None:
    body = wire.order()
    assert wire.send(body, headers=(sized(body),)) == 200
    assert wire.send(chunk(body[:50]), chunk(body[50:]), b"0\r\n\r\n", headers=(CHUNKED,)) == 200


@pytest.mark.parametrize("key", [b"\xff\xfe\x80", b"\xc3\xb1", b"k" * 255, b"'; DROP TABLE sale"])
def test_keys_of_odd_bytes(wire: Wire, key: bytes) -> None:
    body = wire.order()
    assert wire.send(body, headers=(sized(body), b"Idempotency-Key: " + key)) == 200


REFUSED = {
    "a chunked body over the limit": (413, [chunk(b" " * 9000)] * 9 + [b"0\r\n\r\n"], (CHUNKED,)),
    "chunks that end too soon": (400, [chunk(b"{"), b"5\r\n}"], (CHUNKED,)),
    "a body over the limit": (413, [b" " * 70000], (b"Content-Length: 70000",)),
    "a body that is said to be huge": (413, [b"{}"], (b"Content-Length: 99999999999",)),
    "a body that ends too soon": (400, [b'{"a": '], (b"Content-Length: 50",)),
    "chunks that are none": (400, [b"zz\r\n{}\r\n0\r\n\r\n"], (CHUNKED,)),
    "a length that is none": (400, [b"{}"], (b"Content-Length: two",)),
    "a negative length": (400, [b"{}"], (b"Content-Length: -2",)),
    "two lengths": (400, [b"{}"], (b"Content-Length: 2", b"Content-Length: 3")),
    "length and chunks": (400, [b"0\r\n\r\n"], (b"Content-Length: 5", CHUNKED)),
    "no body": (400, [], (b"Content-Length: 0",)),
    "an empty key": (422, [b"ORDER"], (b"Idempotency-Key:",)),
    "a key that is too long": (422, [b"ORDER"], (b"Idempotency-Key: " + b"k" * 256,)),
    "a key with a NUL": (400, [b"ORDER"], (b"Idempotency-Key: a\0b",)),
    "a header that is too long": (431, [b"ORDER"], (b"X-Long: " + b"x" * 9000,)),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_is_refused(wire: Wire, case: str) -> None:
    status, parts, headers = REFUSED[case]
    before = traces(wire.shop)
    body = [wire.order() if part == b"ORDER" else part for part in parts]
    if b"ORDER" in parts:
        headers = (*headers, sized(wire.order()))
    assert wire.send(*body, headers=headers) == status
    assert traces(wire.shop) == before


def test_the_server_is_still_there(wire: Wire) -> None:
    body = wire.order()
    assert wire.send(body, headers=(sized(body),)) == 200
    assert wire.server.running
