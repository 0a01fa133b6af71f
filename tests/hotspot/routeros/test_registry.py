"""Test that a router has one line, made anew when its address or password changes."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import NoReturn

import pytest

from portal.hotspot.errors import RouterUnavailable
from portal.hotspot.router import RouterAddress
from portal.hotspot.routeros.adapter import Routers
from portal.hotspot.routeros.settings import RouterSettings
from portal.sandbox.routeros import RouterSandbox
from tests.support.patience import wait_until


@pytest.fixture
def routers() -> Iterator[Routers]:
    made = Routers(RouterSettings(own_machine=True, idle_seconds=0.2, forget_seconds=0.3))
    yield made
    made.close()


def address(box: RouterSandbox, **changes: object) -> RouterAddress:
    values = {"host": box.host, "port": box.port, "username": box.user, "password": box.password}
    return RouterAddress(**(values | changes))


def reapers() -> int:
    return sum(thread.name == "router-reaper" for thread in threading.enumerate())


def test_equal_addresses_are_one_router(routers: Routers, sandbox: RouterSandbox) -> None:
    assert routers.at(address(sandbox)) is routers.at(address(sandbox))
    assert routers.at(address(sandbox)) is not routers.at(address(sandbox, password="new"))


def test_no_thread_is_started_before_it_is_needed(sandbox: RouterSandbox) -> None:
    before = reapers()
    routers = Routers(RouterSettings(own_machine=True))
    assert reapers() == before
    routers.at(address(sandbox))
    routers.at(address(sandbox, port=1))
    assert reapers() == before + 1
    routers.close()
    assert reapers() == before


def test_idle_connections_are_closed_though_nobody_calls(
    routers: Routers, sandbox: RouterSandbox
) -> None:
    router = routers.at(address(sandbox))
    router.inspector.info(2)
    assert sandbox.open_connections == 1
    wait_until(lambda: sandbox.open_connections == 0)
    assert router.inspector.info(2).identity


def test_closing_hangs_up(sandbox: RouterSandbox) -> None:
    routers = Routers(RouterSettings(own_machine=True))
    router = routers.at(address(sandbox))
    router.inspector.info(2)
    routers.close()
    wait_until(lambda: sandbox.open_connections == 0)
    assert router.inspector.info(2).identity
    wait_until(lambda: sandbox.open_connections == 0)


def test_a_router_that_nobody_asks_for_is_forgotten(
    routers: Routers, sandbox: RouterSandbox
) -> None:
    first = routers.at(address(sandbox))
    first.inspector.info(2)
    wait_until(lambda: routers.at(address(sandbox, port=1)) is not None and routers.size == 1)
    assert routers.at(address(sandbox)) is not first


def test_an_outcome_is_observed_for_each_command(sandbox: RouterSandbox) -> None:
    seen: list[tuple[str, float, str]] = []
    routers = Routers(RouterSettings(own_machine=True), lambda *what: seen.append(what))
    router = routers.at(address(sandbox))
    router.provisioner.find_user("AB3C9D", 2)
    sandbox.faults.cut_before("/ip/hotspot/user/print", times=None)
    with pytest.raises(RouterUnavailable):
        router.provisioner.find_user("AB3C9D", 2)
    routers.close()
    path = "/ip/hotspot/user/print"
    assert Counter((command, outcome) for command, _, outcome in seen) == {
        (path, "ok"): 1,
        (path, "unavailable"): 1,
    }
    assert all(0 < seconds < 2 for _, seconds, _ in seen)


def test_a_forked_process_has_connections_of_its_own(sandbox: RouterSandbox) -> None:
    routers = Routers(RouterSettings(own_machine=True))
    parents = routers.at(address(sandbox))
    parents.inspector.info(2)
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        child = os.fork()
    if not child:
        _live_as_a_child(routers, address(sandbox))
    for _ in range(20):
        parents.inspector.info(2)
    assert os.waitpid(child, 0)[1] == 0
    assert parents.inspector.info(2).identity
    routers.close()
    assert sandbox.counters.connections == 2


def _live_as_a_child(routers: Routers, where: RouterAddress) -> NoReturn:
    signal.alarm(10)
    try:
        assert routers.size == 0
        for _ in range(20):
            routers.at(where).inspector.info(2)
        routers.close()
        os._exit(0)
    finally:
        os._exit(1)
