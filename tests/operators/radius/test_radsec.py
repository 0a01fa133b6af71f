"""RADIUS over TLS, spoken by hand: the secret is `radsec`, and who has no certificate is nobody."""

from __future__ import annotations

import socket
import ssl
import struct
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes

import pytest
from pyrad.packet import AccessAccept, AuthPacket

from portal.hotspot.radius.exchange import dictionary
from portal.hotspot.setup.radius_server.kit import RadSec
from tests.support.patience import PATIENCE
from tests.support.radius.site import Site
from tests.support.servers.freeradius import FreeRadius, freeradius
from tests.support.servers.ports import free_port


@pytest.fixture
def encrypted(site: Site, tmp_path: Path) -> Iterator[FreeRadius]:
    """A server with a certificate, which its routers show too."""
    cert, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=radius"]
    subprocess.run([*made, "-out", cert, "-keyout", key], check=True, capture_output=True)
    tls = RadSec(free_port(), cert, key, cert)
    with freeradius(site.app, tmp_path, radsec=tls) as server:
        yield server


def line_to(server: FreeRadius, *, with_certificate: bool) -> ssl.SSLSocket:
    tls = server.kit.radsec
    assert tls is not None
    context = ssl.create_default_context(cafile=tls.certificate)
    context.check_hostname = False
    if with_certificate:
        context.load_cert_chain(tls.certificate, tls.key)
    raw = socket.create_connection(("127.0.0.1", tls.port), timeout=PATIENCE)
    return context.wrap_socket(raw, server_hostname="radius")


def question(site: Site, name: str, password: str) -> AuthPacket:
    asked = AuthPacket(secret=b"radsec", authenticator=token_bytes(16), dict=dictionary())
    asked.add_message_authenticator()
    asked["User-Name"], asked["Mikrotik-Realm"] = name, site.says
    asked["User-Password"] = asked.PwCrypt(password)
    return asked


def received(line: ssl.SSLSocket) -> bytes:
    head = line.recv(4)
    size = struct.unpack("!BBH", head)[2] if len(head) == 4 else 0
    while 0 < len(head) < size:
        head += line.recv(size - len(head))
    return head


def test_a_router_logs_in_by_tls(site: Site, encrypted: FreeRadius) -> None:
    sold = site.sell()
    asked = question(site, sold.name, sold.password)
    with line_to(encrypted, with_certificate=True) as line:
        line.sendall(asked.RequestPacket())
        heard = received(line)
    answer = asked.CreateReply(packet=heard)
    assert asked.VerifyReply(answer, heard, enforce_ma=True)
    assert answer.code == AccessAccept


def test_without_a_certificate_nobody_is_heard(site: Site, encrypted: FreeRadius) -> None:
    sold = site.sell()
    heard = b""
    # The refusal comes while shaking hands or with the first packet, as the version of TLS has it.
    with (
        suppress(ssl.SSLError, ConnectionError),
        line_to(encrypted, with_certificate=False) as line,
    ):
        line.sendall(question(site, sold.name, sold.password).RequestPacket())
        heard = received(line)
    assert heard == b""
