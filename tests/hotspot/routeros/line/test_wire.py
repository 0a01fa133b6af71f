"""Test the wire where the router takes nothing in any more."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from portal.hotspot.routeros.line.wire import Wire
from portal.sandbox.routeros.wire.tls import Certificate
from tests.support.patience import PATIENCE

CANCEL = b"c" * 1_000
MOST = 10_000


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return Certificate.make()


@pytest.fixture
def ends(certificate: Certificate) -> Iterator[tuple[ssl.SSLSocket, ssl.SSLSocket]]:
    """Our end and the router's of a connection with TLS, which carries little at a time."""
    ours, router = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with ThreadPoolExecutor(1) as threads:
        shown = threads.submit(certificate.context().wrap_socket, router, server_side=True)
        secured = context.wrap_socket(ours)
    with secured, shown.result() as peer:
        peer.settimeout(PATIENCE)
        yield secured, peer


def read_all(sock: ssl.SSLSocket) -> bytes:
    """All until the connection's end, however it ends."""
    read = bytearray()
    with suppress(OSError):
        while data := sock.recv(65_536):
            read += data
    return bytes(read)


def test_what_did_not_fit_is_never_sent_in_the_place_of_what_follows(
    ends: tuple[ssl.SSLSocket, ssl.SSLSocket],
) -> None:
    """TLS keeps a record that the socket did not take, and would send it as the next one."""
    ours, router = ends
    wire = Wire(ours)
    sent: list[bytes] = []
    with ThreadPoolExecutor(1) as threads:
        with pytest.raises(ConnectionAbortedError):
            send_until_full(wire, sent)
        wire.hang_up()
        assert threads.submit(read_all, router).result() == b"".join(sent)


def send_until_full(wire: Wire, sent: list[bytes]) -> None:
    while wire.send_now(CANCEL):
        sent.append(CANCEL)
        assert len(sent) < MOST
