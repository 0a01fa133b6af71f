"""Be clients that send half a request and wait."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

HALF_A_HEAD = b"POST /api/v1/payments/pagar-conekta HTTP/1.1\r\nHost: wifi\r\nX-Slow: "
HALF_A_BODY = (
    b"POST /api/v1/payments/pagar-conekta HTTP/1.1\r\nHost: wifi\r\n"
    b'Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"producto_id": '
)
MANY = 200


@contextmanager
def half_sent(port: int, tls: Path | None = None) -> Iterator[list[socket.socket]]:
    """Two hundred connections that have sent a half, in turn of a head and of a body.

    `tls`: the certificate of the server on 127.0.0.1, where it speaks TLS.
    """
    trusted = ssl.create_default_context(cafile=str(tls)) if tls else None
    host = f"127.0.0.1:{port}".encode()
    with ExitStack() as stack:
        lines: list[socket.socket] = []
        for number in range(MANY):
            line = socket.create_connection(("127.0.0.1", port), timeout=30)
            if trusted:
                line = trusted.wrap_socket(line, server_hostname="127.0.0.1")
            stack.enter_context(line)
            half = HALF_A_BODY if number % 2 else HALF_A_HEAD
            line.sendall(half.replace(b"wifi", host))
            lines.append(line)
        yield lines


def is_sent_away(line: socket.socket) -> bool:
    """Whether the other side ends the connection, with or without an answer."""
    try:
        said = line.recv(1000)
    except (ConnectionResetError, ssl.SSLError):
        return True
    return said == b"" or b"connection: close" in said.lower()
