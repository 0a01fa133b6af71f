"""Run Debian's radsecproxy, which speaks RADIUS over TLS for a router that asks it by UDP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.hotspot.setup.radius.facts import RADSEC_SECRET
from portal.hotspot.setup.radius_server.kit import RadSec
from tests.support.processes.process import Process
from tests.support.servers.ports import free_udp_port

CONFIGURATION = """
ListenUDP 127.0.0.1:{port}
LogLevel 2
tls default {{
    CACertificateFile {tls.authority}
    CertificateFile {certificate}
    CertificateKeyFile {key}
}}
client 127.0.0.1 {{
    type udp
    secret {secret}
}}
server portal {{
    host 127.0.0.1
    port {tls.port}
    type tls
    secret {secret}
    CertificateNameCheck off
}}
realm * {{
    server portal
    accountingServer portal
}}
"""


@contextmanager
def radsecproxy(tls: RadSec, folder: Path, certificate: str, key: str) -> Iterator[int]:
    """Ask the server of these files with this certificate; the UDP port where routers ask."""
    program = shutil.which("radsecproxy") or shutil.which("radsecproxy", path="/usr/sbin")
    if program is None:
        pytest.skip("no radsecproxy: apt-get install radsecproxy")
    port, file = free_udp_port(), folder / "radsecproxy.conf"
    secrets = {"secret": RADSEC_SECRET, "certificate": certificate, "key": key}
    file.write_text(CONFIGURATION.format(port=port, tls=tls, **secrets))
    with Process([program, "-f", "-c", file]) as process:
        process.wait_until(lambda: "onnection" in process.output, "a connection over TLS")
        yield port
