"""Test that what is lost, repeated, late or overtaken on the way changes nobody's account."""

from __future__ import annotations

from random import Random

import pytest

from portal.sandbox.routeros import Clock, Refusal, RouterSandbox
from tests.support.radius.site import Site, Sold
from tests.support.servers.bad_weather import CALM, STORM, BadWeather
from tests.support.servers.freeradius import FreeRadius
from tests.support.servers.nas import serve_by_radius, wait_for_servers

DEVICES = 12
TRIES = 20


def test_accounts_are_right_after_a_storm(site: Site, radius: FreeRadius) -> None:
    seed = 11
    print(f"seed {seed}")
    chance = Random(seed)
    sold = {f"02:00:00:00:00:{n:02X}": site.sell(limit_seconds=36_000) for n in range(DEVICES)}
    used: dict[str, int] = dict.fromkeys(sold, 0)
    with (
        BadWeather(radius.auth_port, STORM, seed=seed) as logins,
        BadWeather(radius.accounting_port, STORM, seed=seed + 1) as accounting,
        RouterSandbox(clock=Clock(frozen_at=1_900_000_000.0)) as router,
    ):
        serve_by_radius(
            router, radius.secret, logins.port, accounting.port, realm=site.says, timeout="80ms"
        )
        for n, mac in enumerate(sold):
            router.join(mac, f"192.168.88.{n + 10}")
            insist(router, sold[mac], f"192.168.88.{n + 10}")
        for _ in range(3):
            seconds = chance.randrange(200, 400)
            router.pass_time(seconds)
            for mac in sold:
                used[mac] += seconds
        logins.weather = accounting.weather = CALM
        wait_for_servers(router)
        for mac in sold:
            router.log_out(mac)
        router.accounted()
        print(logins.counts, accounting.counts)
        assert min(accounting.counts.values()) > 0
    for mac, each in sold.items():
        assert site.user(each).used_seconds == used[mac], mac
    assert all(session.ended_at is not None for session in site.sessions())


def insist(router: RouterSandbox, sold: Sold, address: str) -> None:
    """Log in as somebody does whose first try was not answered; nobody who paid is refused."""
    said = set[str]()
    for _ in range(TRIES):
        try:
            router.log_in(sold.name, sold.password, address)
        except Refusal as refused:
            said.add(str(refused))
        else:
            break
    else:
        pytest.fail("never let in")
    assert said <= {"RADIUS server is not responding"}
