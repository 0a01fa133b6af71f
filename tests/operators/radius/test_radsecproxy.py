"""Routers behind a radsecproxy, two of our servers behind that: what it does with what they say.

Seen of radsecproxy 1.9.2 (Debian 12) between UDP and TLS, asked by hand and by our sandbox:

| what happens | what it does |
| --- | --- |
| a question | a number of its own, from 0 on each connection; Message-Authenticator made anew, none where none was; Proxy-State goes through, none is added |
| the same once more while it is under way, or within 10 s of its answer | one question at the server; the second is dropped, or answered out of what it keeps |
| no answer | it asks nothing again over TLS, and drops the question after 10 s |
| 256 without an answer | drops all others of that server |
| a server is killed | the other one is asked at once; with one alone the questions under way are sent again once it is back, 2, 4, 8… s later, or 30 s after the connection began where that was younger |
| a server is silent | the other one is asked after 10 s, as long as `StatusServer` is off. With `on` after 36 s, and never where it answers Status-Server and no login, as ours does while its database is away |
| Disconnect and CoA, from either side | goes nowhere, without an answer |
| a certificate is renewed | ours serves the old one until it is restarted, HUP or not |
| its log, from the third level on, as it comes | has whole user names: `LogFullUsername off` |
"""  # noqa: E501 - a table

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.hotspot.radius.sessions import AnswerKind, NasAddress, SessionKey, disconnect
from portal.hotspot.setup.radius.facts import RADSEC_SECRET
from portal.sandbox.routeros import Clock, RouterSandbox
from tests.access.radius.test_bad_weather import insist
from tests.operators.radius.test_radsec import encrypted as encrypted
from tests.support.radius.site import Site
from tests.support.servers.freeradius import FreeRadius, freeradius
from tests.support.servers.nas import serve_by_radius, wait_for_servers
from tests.support.servers.ports import free_port
from tests.support.servers.radsecproxy import radsecproxy

MACS, IPS = ("02:00:00:00:00:01", "02:00:00:00:00:02"), ("192.168.88.11", "192.168.88.12")
INTERIM = 300


@pytest.fixture
def proxy(site: Site, encrypted: FreeRadius, tmp_path: Path) -> Iterator[int]:
    """Where routers ask, and are led to the first server, or to the second."""
    tls, folder = encrypted.kit.radsec, tmp_path / "second"
    assert tls is not None
    folder.mkdir()
    second = replace(tls, port=free_port())
    with (
        freeradius(site.app, folder, radsec=second),
        radsecproxy(tmp_path, tls.certificate, tls.key, tls, second) as port,
    ):
        yield port


def test_a_server_that_is_killed_costs_nobody(
    site: Site, encrypted: FreeRadius, proxy: int
) -> None:
    early, late = (site.sell(limit_seconds=36_000) for _ in MACS)
    with RouterSandbox(clock=Clock(frozen_at=1_900_000_000.0)) as router:
        serve_by_radius(router, RADSEC_SECRET, proxy, proxy, realm=site.says, timeout="1s")
        for mac, ip in zip(MACS, IPS, strict=True):
            router.join(mac, ip)
        insist(router, early, IPS[0])
        router.pass_time(INTERIM)
        encrypted.process.kill()
        router.pass_time(INTERIM)
        insist(router, late, IPS[1])
        encrypted.start()
        router.pass_time(INTERIM)
        wait_for_servers(router)
        for mac in MACS:
            router.log_out(mac)
        router.accounted()
    assert [site.user(each).used_seconds for each in (early, late)] == [3 * INTERIM, INTERIM]
    assert [(each.stopped, each.seconds) for each in site.sessions()] == [
        (True, 3 * INTERIM),
        (True, INTERIM),
    ]


def test_a_disconnect_does_not_come_through(proxy: int) -> None:
    nas = NasAddress("127.0.0.1", proxy, RADSEC_SECRET)
    answer = disconnect(nas, SessionKey("x", IPS[0], "80000001", MACS[0]), 1.0)
    assert answer.kind is AnswerKind.SILENT
