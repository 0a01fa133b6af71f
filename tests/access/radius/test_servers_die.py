"""Test that servers may die in a storm: nobody who paid is refused, and every account is right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.sandbox.routeros import Clock, Refusal, RouterSandbox
from tests.access.radius.test_bad_weather import insist
from tests.support.databases.migrated import copy_postgresql
from tests.support.databases.postgres import Postgres
from tests.support.radius.site import Site, Sold
from tests.support.servers.bad_weather import CALM, STORM, BadWeather
from tests.support.servers.freeradius import freeradius
from tests.support.servers.nas import serve_by_radius, wait_for_servers
from tests.support.shop import SECRETS, close_app, make_app

DEVICES, INTERIM = 6, 300
SILENCE = "RADIUS server is not responding"


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A server of this test alone, which it may stop."""
    with Postgres() as own:
        yield own


@pytest.fixture
def app(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_app(tmp_path_factory.mktemp("instance"), copy_postgresql(postgres, SECRETS))
    yield made
    close_app(made)


def test_nobody_who_paid_is_refused(
    app: Flask, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        freeradius(app, tmp_path_factory.mktemp("radius")) as server,
        BadWeather(server.auth_port, STORM, seed=5) as logins,
        BadWeather(server.accounting_port, STORM, seed=6) as accounting,
        RouterSandbox(clock=Clock(frozen_at=1_900_000_000.0)) as router,
    ):
        site = Site.open(app, server)
        ports = (logins.port, accounting.port)
        serve_by_radius(router, server.secret, *ports, realm=site.says, timeout="80ms")
        sold = [site.sell(limit_seconds=36_000) for _ in range(DEVICES + 1)]
        for n, each in enumerate(sold):
            router.join(mac_of(n), ip_of(n))
            if n < DEVICES:
                insist(router, each, ip_of(n))
        router.pass_time(INTERIM)
        server.process.kill()
        assert what_is_said(router, sold[-1]) == SILENCE
        router.pass_time(INTERIM)
        server.start()
        router.pass_time(INTERIM)
        postgres.stop()
        assert what_is_said(router, sold[-1]) == SILENCE
        router.pass_time(INTERIM)
        postgres.start()
        insist(router, sold[-1], ip_of(DEVICES))
        assert len(router.active) == DEVICES + 1
        logins.weather = accounting.weather = CALM
        wait_for_servers(router)
        for n in range(DEVICES + 1):
            router.log_out(mac_of(n))
        router.accounted()
        used = [site.user(each).used_seconds for each in sold]
        assert used == [4 * INTERIM] * DEVICES + [0]
        assert all(session.ended_at is not None for session in site.sessions())


def what_is_said(router: RouterSandbox, sold: Sold) -> str:
    with pytest.raises(Refusal) as refused:
        router.log_in(sold.name, sold.password, ip_of(DEVICES))
    return str(refused.value)


def mac_of(number: int) -> str:
    return f"02:00:00:00:00:{number:02X}"


def ip_of(number: int) -> str:
    return f"192.168.88.{number + 10}"
