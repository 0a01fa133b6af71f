"""Test a simulated router and the real server together, from login to Stop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyrad.packet import CoAACK, CoARequest, DisconnectACK, DisconnectRequest

from portal.sandbox.routeros import Clock, Refusal, RouterSandbox
from portal.sandbox.routeros.radius.incoming import ErrorCause
from tests.sandbox.routeros.radius.server import send_change, value
from tests.support.radius.site import Site, Sold
from tests.support.servers.freeradius import FreeRadius
from tests.support.servers.nas import serve_by_radius

MAC, IP = "AA:BB:CC:00:00:01", "192.168.88.10"
GIGA = 1 << 30


@pytest.fixture
def router(site: Site, radius: FreeRadius) -> Iterator[RouterSandbox]:
    with RouterSandbox(clock=Clock(frozen_at=1_900_000_000.0)) as box:
        here = (radius.secret, radius.auth_port, radius.accounting_port)
        serve_by_radius(box, *here, realm=site.says)
        box.add_profile("1hora", shared_users="5")
        box.join(MAC, IP)
        yield box


def log_in(router: RouterSandbox, sold: Sold, way: str = "http-chap", at: str = IP) -> None:
    router.log_in(sold.name, sold.password, at, login_by=way)
    assert router.accounted() == 0


def log_out(router: RouterSandbox) -> None:
    router.log_out(MAC)
    assert router.accounted() == 0


@pytest.mark.parametrize("way", ["http-chap", "http-pap"])
def test_from_login_to_stop(site: Site, router: RouterSandbox, way: str) -> None:
    sold = site.sell(limit_seconds=7200, rate_limit="2M/5M")
    log_in(router, sold, way)
    [grant] = router.grants.values()
    assert (grant.session_timeout, grant.rate_limit, grant.profile) == (7200, "2M/5M", "1hora")
    assert grant.interim
    [session] = site.sessions()
    assert (session.access_id, session.mac, session.ended_at) == (sold.access_id, MAC, None)
    router.pass_time(grant.interim)
    [session] = site.sessions()
    assert session.seconds == grant.interim
    router.pass_time(30)
    log_out(router)
    [session] = site.sessions()
    assert session.ended_at is not None
    assert session.seconds == grant.interim + 30
    assert site.user(sold).used_seconds == grant.interim + 30
    with pytest.raises(Refusal):
        router.log_in(sold.name, "wrong", IP, login_by=way)


def test_time_ends_by_itself_and_is_used_up(site: Site, router: RouterSandbox) -> None:
    sold = site.sell(limit_seconds=3600)
    log_in(router, sold)
    router.pass_time(1000)
    log_out(router)
    log_in(router, sold)
    router.pass_time(2600)
    assert router.active == []
    assert [session.seconds for session in site.sessions()] == [1000, 2600]
    with pytest.raises(Refusal) as refused:
        router.log_in(sold.name, sold.password, IP)
    assert "not responding" not in str(refused.value)


def test_data_above_four_gigabytes(site: Site, router: RouterSandbox) -> None:
    sold = site.sell(limit_bytes=9 * GIGA)
    log_in(router, sold)
    [grant] = router.grants.values()
    assert grant.total_limit == 9 * GIGA
    router.use(MAC, bytes_in=GIGA, bytes_out=5 * GIGA)
    log_out(router)
    log_in(router, sold)
    [grant] = router.grants.values()
    assert grant.total_limit == 3 * GIGA
    router.use(MAC, bytes_out=3 * GIGA)
    assert router.active == []
    router.accounted()
    first, second = site.sessions()
    assert (first.bytes_in, first.bytes_out, second.bytes_out) == (GIGA, 5 * GIGA, 3 * GIGA)
    with pytest.raises(Refusal):
        router.log_in(sold.name, sold.password, IP)


def test_a_session_is_changed_and_ended_from_outside(
    site: Site, router: RouterSandbox, radius: FreeRadius
) -> None:
    sold = site.sell(limit_seconds=3600)
    log_in(router, sold)
    [number] = router.grants
    named = {"User-Name": sold.name, "Framed-IP-Address": IP, "Acct-Session-Id": number}
    secret = radius.secret.encode()
    port = router.incoming_port
    longer = send_change(port, CoARequest, named | {"Session-Timeout": 7200}, secret=secret)
    assert longer.code == CoAACK
    router.pass_time(3700)
    assert len(router.active) == 1
    assert send_change(port, DisconnectRequest, named, secret=secret).code == DisconnectACK
    router.accounted()
    [session] = site.sessions()
    assert (session.seconds, session.stopped) == (3700, True)
    again = send_change(port, DisconnectRequest, named, secret=secret)
    assert value(again, "Error-Cause") == ErrorCause.NO_SUCH_SESSION


def test_a_power_cut_gives_no_used_time_back(site: Site, router: RouterSandbox) -> None:
    """The first session's number comes again, and its clock stands at 1970."""
    sold = site.sell(limit_seconds=3600)
    log_in(router, sold)
    router.pass_time(router.grants["80000001"].interim or 0)
    before = site.sessions()[0].seconds
    router.reboot(power_cut=True)
    router.set_clock_off(-router.clock.now())
    assert router.accounted() == 0
    assert site.sessions()[0].ended_at is not None
    log_in(router, sold)
    assert router.grants["80000001"].session_timeout == 3600 - before
    first, second = site.sessions()
    assert first.acct_session_id == second.acct_session_id
    assert (first.seconds, second.ended_at) == (before, None)


def test_the_servers_night_costs_nobody(
    site: Site, router: RouterSandbox, radius: FreeRadius
) -> None:
    """Killed and started again: who is in stays in, and what was used is told afterwards."""
    sold = site.sell(limit_seconds=7200)
    log_in(router, sold)
    [grant] = router.grants.values()
    [row] = router.rows("/radius")
    router.execute("/radius/set", numbers=row[".id"], timeout="30ms")
    radius.process.kill()
    router.pass_time(grant.interim or 0)
    assert router.accounted() == 1
    router.join("AA:BB:CC:00:00:02", "192.168.88.11")
    with pytest.raises(Refusal, match="RADIUS server is not responding"):
        router.log_in(sold.name, sold.password, "192.168.88.11")
    radius.start()
    router.execute("/radius/set", numbers=row[".id"], timeout="5s")
    router.pass_time(grant.interim or 0)
    assert [session.seconds for session in site.sessions()] == [2 * (grant.interim or 0)]
    router.log_in(sold.name, sold.password, "192.168.88.11")
    router.execute("/ip/hotspot/active/remove", numbers=router.active[0][".id"])
    router.accounted()
    assert [session.ended_because for session in site.sessions()].count(None) == 1
