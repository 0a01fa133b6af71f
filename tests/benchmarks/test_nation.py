"""Prove that the simulated routers of a country speak as the sandbox does, to our own client."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal.hotspot.errors import RouterUnavailable
from portal.hotspot.provisioning import HotspotUser, NewHotspotUser
from portal.hotspot.router import HotspotRouter, RouterAddress
from portal.hotspot.routeros.adapter import Routers
from portal.hotspot.routeros.settings import RouterSettings
from portal.sandbox.routeros import RouterSandbox
from tests.benchmarks.nation.country import (
    DEAD,
    PASSWORD,
    USED_IN,
    USED_OUT,
    USED_SECONDS,
    USER,
    Country,
    access_id,
    address,
    name_of,
    router_at,
)
from tests.support.processes.process import Process

COUNTRY = Country(routers=20, accesses=60, sales=100, companies=2, online=1)
MARK = "portal:nation:"
SECONDS = 10.0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where every router of the country listens."""
    words = [f"--{name}={value}" for name, value in vars(COUNTRY).items()]
    command = [sys.executable, "-m", "tests.benchmarks.nation.routers", *words]
    with Process([*command, "--mark", MARK, "--delay", "0", "--slow", "0"]) as process:
        yield process.wait_for_json()["port"]


@pytest.fixture
def routers() -> Iterator[Routers]:
    found = Routers(RouterSettings(own_machine=True))
    yield found
    found.close()


def at(routers: Routers, host: str, port: int, user: str, password: str) -> HotspotRouter:
    return routers.at(RouterAddress(host=host, port=port, username=user, password=password))


def test_a_country_knows_where_everything_is() -> None:
    assert [router_at(address(number)) for number in (0, 7, 9_999)] == [0, 7, 9_999]
    sold = [set(COUNTRY.living_on(number)) for number in range(COUNTRY.routers)]
    assert set.union(*sold) == set(range(41, 101))
    assert all(sale % COUNTRY.routers == number for number, own in enumerate(sold) for sale in own)


def test_a_router_tells_who_was_sold_what(routers: Routers, port: int) -> None:
    router = at(routers, address(5), port, USER, PASSWORD)
    users = router.provisioner.users_marked(MARK, SECONDS, sold=10)
    sold = COUNTRY.living_on(5)
    assert [(user.name, user.mark) for user in users] == [
        (name_of(sale), MARK + access_id(sale)) for sale in sold
    ]
    (online,) = router.presence.sessions(SECONDS)
    assert (online.user, users[0].spare_mark) == (name_of(sold[0]), users[0].mark)
    assert online.uptime > 0
    assert users[0].uptime > users[1].uptime == USED_SECONDS
    assert users[1].bytes_in + users[1].bytes_out == USED_IN + USED_OUT


def test_it_says_what_the_sandbox_says(routers: Routers, port: int) -> None:
    told = lifetime(at(routers, address(6), port, USER, PASSWORD))
    with RouterSandbox(password="router-secret-planted") as sandbox:
        sandbox.add_profile("1hora")
        real = at(routers, sandbox.host, sandbox.port, sandbox.user, sandbox.password)
        assert told == lifetime(real)
    users = [user for user in told if isinstance(user, HotspotUser)]
    assert [(user.disabled, user.limit_uptime) for user in users] == [
        (True, None),
        (False, None),
        (False, 90),
    ]


def lifetime(router: HotspotRouter) -> list[object]:
    """What is told of a user who comes, is let in, is limited and goes."""
    people, mark = router.provisioner, f"{MARK}acc_1"
    user = NewHotspotUser(name="nuevo", password="clave", profile="1hora", mark=mark)
    told: list[object] = []
    people.add_user(user, SECONDS)
    told.append(found(router))
    told.append(bool(people.enable_user("nuevo", mark, SECONDS)))
    told.append(found(router))
    told.append(bool(people.update_user("nuevo", mark, SECONDS, limit_uptime=90)))
    told.append(found(router))
    told.append(bool(people.remove_user("nuevo", mark, SECONDS)))
    told.append(found(router))
    told.append(bool(people.remove_user("nuevo", mark, SECONDS)))
    return told


def found(router: HotspotRouter) -> HotspotUser | None:
    """The user but for the router's own id."""
    user = router.provisioner.find_user("nuevo", SECONDS)
    return user and replace(user, id="")


def test_a_dead_router_says_nothing(routers: Routers, port: int) -> None:
    router = at(routers, address(DEAD), port, USER, PASSWORD)
    with pytest.raises(RouterUnavailable):
        router.presence.sessions(0.3)
