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
from portal.hotspot.setup import RadiusFacts, RadiusServer
from portal.hotspot.setup.radius_server.kit import RadSec
from portal.hotspot.setup.script import setup_script
from portal.sandbox.routeros import Clock, Refusal, RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.hotspot.setup.conftest import make_facts
from tests.support.patience import PATIENCE
from tests.support.radius.site import IP, MAC, Site
from tests.support.servers.freeradius import FreeRadius, freeradius
from tests.support.servers.nas import wait_for_servers
from tests.support.servers.ports import free_port
from tests.support.servers.radsecproxy import radsecproxy


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


def test_a_router_that_its_kit_has_ask_by_tls_serves_a_customer(
    site: Site, encrypted: FreeRadius, tmp_path: Path
) -> None:
    sold, tls = site.sell(limit_seconds=3600), encrypted.kit.radsec
    assert tls is not None
    name = site.key.router_name(site.router_id)
    servers = (RadiusServer("192.0.2.1"),)
    facts = RadiusFacts(servers, "unsaid", name, radsec=True, certificate="own")
    with (
        radsecproxy(tmp_path, tls.certificate, tls.key, tls) as port,
        RouterSandbox(clock=Clock(frozen_at=1_900_000_000.0)) as router,
    ):
        Runner(router).run(setup_script(make_facts(radius=facts, has_api=False)))
        assert router.rows("/radius")[0]["protocol"] == "radsec"
        router.join(MAC, IP)
        with pytest.raises(Refusal):
            router.log_in(sold.name, sold.password, IP)
        router.speak_tls_at(port)
        wait_for_servers(router)
        router.log_in(sold.name, sold.password, IP, login_by="http-chap")
        router.pass_time(600)
        router.log_out(MAC)
        router.accounted()
    (session,) = site.sessions()
    assert (session.mac, session.stopped, session.seconds) == (MAC, True, 600)
    assert site.user(sold).used_seconds == 600


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
