"""Test what an operator asks of one device: where it is, its session, its clock, its garden."""

from __future__ import annotations

import pytest

from portal.hotspot.provisioning import NewHotspotUser
from portal.hotspot.router import HotspotRouter
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import IP, MAC

MARK, NAME = "portal:demo:1", "AB3C9D"
OTHER_MAC, OTHER_IP = "AA:BB:CC:DD:EE:00", "192.168.88.101"


@pytest.fixture
def two_online(router: HotspotRouter, sandbox: RouterSandbox) -> HotspotRouter:
    """A user with two devices online."""
    sandbox.add_profile("familia", shared_users="2", add_mac_cookie="yes")
    sandbox.join(OTHER_MAC, OTHER_IP)
    router.provisioner.add_user(NewHotspotUser(NAME, "1234", "familia", MARK), 2, disabled=False)
    for address in (IP, OTHER_IP):
        sandbox.log_in(NAME, "1234", address)
    return router


def test_a_device_is_found_by_its_address(router: HotspotRouter) -> None:
    assert [host.mac for host in router.presence.hosts(2, address=IP)] == [MAC]
    assert router.presence.hosts(2, address="192.168.88.9") == ()


def test_one_session_ends_and_the_others_stay(
    two_online: HotspotRouter, sandbox: RouterSandbox
) -> None:
    [session] = two_online.presence.sessions(2, mac=MAC)
    assert two_online.presence.end_session(session, 2)
    assert [row["mac-address"] for row in sandbox.active] == [OTHER_MAC]
    assert not two_online.presence.end_session(session, 2)


def test_a_session_that_began_anew_elsewhere_is_not_the_one_meant(
    two_online: HotspotRouter, sandbox: RouterSandbox
) -> None:
    [session] = two_online.presence.sessions(2, mac=MAC)
    sandbox.join(MAC, "192.168.88.150")
    sandbox.log_in(NAME, "1234", "192.168.88.150")
    assert not two_online.presence.end_session(session, 2)
    assert len(sandbox.active) == 2


def test_forgotten_devices_need_the_code_again(
    two_online: HotspotRouter, sandbox: RouterSandbox
) -> None:
    assert len(sandbox.cookies) == 2
    assert two_online.presence.forget_devices(NAME, 2) == 2
    assert (sandbox.active, sandbox.cookies) == ([], [])


def test_a_user_is_let_go_of_the_device_that_somebody_bound_it_to(
    two_online: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.execute("/ip/hotspot/user/set", numbers=sandbox.users[NAME][".id"], mac_address=MAC)
    found = two_online.provisioner.unbind_user(NAME, MARK, 2)
    assert (found.is_there, found.bound) == (True, True)
    assert "mac-address" not in sandbox.users[NAME]
    assert not two_online.provisioner.unbind_user(NAME, MARK, 2).bound
    assert not two_online.provisioner.unbind_user(NAME, "portal:demo:2", 2)


def test_the_clock_and_the_walled_garden_are_read_alone(
    router: HotspotRouter, sandbox: RouterSandbox
) -> None:
    sandbox.set_clock_off(86_400)
    clock = router.inspector.clock(2)
    assert clock is not None
    assert clock.ahead == pytest.approx(86_400, abs=5)
    sandbox.execute("/ip/hotspot/walled-garden/ip/add", dst_host="pay.example", action="accept")
    sandbox.forget_commands()
    garden = router.inspector.walled_garden(2)
    assert [row.host for row in garden.garden_ip] == ["pay.example"]
    assert [server.name for server in garden.servers] == ["hotspot1"]
    assert len(sandbox.commands) == 3
