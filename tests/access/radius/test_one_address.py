"""Test 500 routers behind one NAT address, all of which call themselves 192.168.88.1."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from portal.access.radius.keys import radius_keys
from portal.access.radius.routers import enrol
from portal.core.database import reading, writing
from portal.models import RadiusSession, Router
from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.menus import paths
from portal.sandbox.routeros.radius.credentials import Pap
from portal.sandbox.routeros.wire.commands import execute
from tests.support.event_loops import run_in_a_thread
from tests.support.radius.site import Site, Sold
from tests.support.servers.freeradius import FreeRadius

ROUTERS = 500
AT_ONCE = 20
MAC, IP = "AA:BB:CC:00:00:01", "192.168.88.10"


def test_none_closes_anothers_sessions(site: Site, radius: FreeRadius) -> None:
    sold = site.sell(everywhere=True)
    ids = [site.router_id, *open_routers(site, ROUTERS - 1)]
    run_in_a_thread(live(site, radius, sold, ids))
    sessions = sessions_of(site, sold)
    assert {session.router_id for session in sessions} == set(ids)
    assert len(sessions) == ROUTERS
    closed = {session.router_id for session in sessions if session.ended_at is not None}
    assert closed == set(ids[::5])


async def live(site: Site, radius: FreeRadius, sold: Sold, ids: list[str]) -> None:
    """Somebody is let in at each; then every fifth loses its power, and says that it is back."""
    devices = [make(radius, site.key.router_name(router_id)) for router_id in ids]

    async def let_in(device: Device) -> None:
        await device.log_in(sold.name, IP, MAC, Pap(sold.password), "http-pap")
        await device.radius.under_way.done()

    async def lose_power(device: Device) -> None:
        device.reboot(power_cut=True)
        await device.radius.under_way.done()

    try:
        await by_twenties(devices, let_in)
        await by_twenties(devices[::5], lose_power)
        assert sum(device.radius.lost for device in devices) == 0
    finally:
        for device in devices:
            device.radius.close()


def make(radius: FreeRadius, realm: str) -> Device:
    """A router as its kit left it, without anything that listens."""
    device = Device()
    [asked] = [row for row in device.tables[paths.SERVER_PROFILE] if row.get("name") == "hsprof1"]
    execute(device, "/ip/hotspot/profile/set", {".id": asked.id, "use-radius": "yes"})
    server = {"service": "hotspot", "address": "127.0.0.1", "secret": radius.secret}
    server |= {"realm": realm}
    ports = (radius.auth_port, radius.accounting_port)
    named = zip(("authentication-port", "accounting-port"), map(str, ports), strict=True)
    execute(device, "/radius/add", {**server, **dict(named), "timeout": "2s"})
    device.hotspot.join(MAC, IP)
    return device


async def by_twenties(devices: Iterable[Device], work: Callable[[Device], Awaitable[None]]) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(device: Device) -> None:
        async with room:
            await work(device)

    await asyncio.gather(*map(one, devices))


def sessions_of(site: Site, sold: Sold) -> list[RadiusSession]:
    with site.app.app_context(), reading() as session:
        return session.query(RadiusSession).filter_by(access_id=sold.access_id).all()


def open_routers(site: Site, count: int) -> list[str]:
    with site.app.app_context():
        keys = radius_keys()
    with site.app.app_context(), writing() as session:
        routers = [
            Router(company_id=site.company_id, name=f"R{n}", host="192.0.2.9", username="portal")
            for n in range(count)
        ]
        session.add_all(routers)
        session.flush()
        for router in routers:
            enrol(session, keys, router)
        return [router.id for router in routers]
