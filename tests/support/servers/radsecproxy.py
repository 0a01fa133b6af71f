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
{servers}
realm * {{
    {order}
}}
"""
SERVER = """
server {name} {{
    host 127.0.0.1
    port {port}
    type tls
    secret {secret}
    CertificateNameCheck off
    StatusServer off
}}
"""


@contextmanager
def radsecproxy(folder: Path, certificate: str, key: str, *servers: RadSec) -> Iterator[int]:
    """Ask servers of one authority with this certificate, the first of them that answers.

    Gives the UDP port where routers ask.
    """
    program = shutil.which("radsecproxy") or shutil.which("radsecproxy", path="/usr/sbin")
    if program is None:
        pytest.skip("no radsecproxy: apt-get install radsecproxy")
    port, file = free_udp_port(), folder / "radsecproxy.conf"
    secrets = {"secret": RADSEC_SECRET, "certificate": certificate, "key": key}
    named = {f"server{number}": tls.port for number, tls in enumerate(servers, 1)}
    told = [SERVER.format(name=n, port=at, secret=RADSEC_SECRET) for n, at in named.items()]
    order = [f"{kind} {name}" for name in named for kind in ("server", "accountingServer")]
    lists = {"servers": "".join(told), "order": "\n    ".join(order)}
    file.write_text(CONFIGURATION.format(port=port, tls=servers[0], **secrets, **lists))
    with Process([program, "-f", "-c", file]) as process:
        process.wait_until(
            lambda: process.output.count(" up") >= len(servers), "a connection to each over TLS"
        )
        yield port
