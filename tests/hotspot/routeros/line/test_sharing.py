"""Prove that many threads share one connection, and each has its own answer."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import pytest

from portal.hotspot.router import RouterAddress, Tls
from portal.hotspot.routeros.adapter import Routers
from portal.hotspot.routeros.settings import RouterSettings
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.crowd import Crowd
from tests.hotspot.routeros.line.scripted import Scripted
from tests.support.patience import wait_until

PRINT = "/ip/hotspot/user/print"
MARK = "portal:demo:"


@pytest.fixture(scope="module")
def certified() -> Iterator[RouterSandbox]:
    with RouterSandbox(tls="certificate", password="secret") as box:
        for number in range(40):
            box.add_user(f"U{number}", "1", comment=f"{MARK}{number}")
        yield box


@pytest.mark.parametrize("tls", [Tls.NONE, Tls.PINNED])
def test_each_has_its_own_answer_however_they_mix(
    certified: RouterSandbox, connect: Connect, tls: Tls
) -> None:
    """Rows of one reply come between those of others, and the last asked may be told first."""
    certified.forget_commands()
    port = certified.port if tls is Tls.NONE else certified.tls_port
    router = connect(certified, port=port, tls=tls, fingerprint=certified.fingerprint)
    certified.faults.clear()
    certified.faults.scatter(15, PRINT, times=None)
    numbers = itertools.cycle(range(40))

    def find_ten() -> list[tuple[str, str]]:
        wanted = [f"U{next(numbers)}" for _ in range(10)]
        found = [router.provisioner.find_user(name, 10) for name in wanted]
        return [(name, user.name) for name, user in zip(wanted, found, strict=True) if user]

    for pairs, _ in Crowd(find_ten, 24).wait():
        assert len(pairs) == 10
        assert {wanted == found for wanted, found in pairs} == {True}
    both = Crowd(lambda: router.provisioner.users_marked(MARK, 10), 4).wait()
    assert [len(users) for users, _ in both] == [40] * 4
    # The second is for long answers, or where answers come no sooner the fewer are asked for.
    assert certified.counters.connections <= 2


def test_commands_are_open_side_by_side_and_answered_in_any_order(connect: Connect) -> None:
    with Scripted() as peer:
        router = connect(peer)
        first = Crowd(lambda: router.provisioner.find_user("first", 5), 1)
        peer.next().show("first")
        assert first.wait()[0][0].name == "first"
        names = iter("ABCD")
        crowd = Crowd(lambda: name_found(router, next(names)), 4)
        asked = [peer.next() for _ in range(4)]
        # The thread that reads for all has its own answer in the middle.
        for command in (asked[2], asked[3], asked[0], asked[1]):
            command.show(command.name)
        assert sorted(result for result, _ in crowd.wait()) == ["AA", "BB", "CC", "DD"]
        assert peer.accepted == 1


def name_found(router, name: str) -> str:
    return name + router.provisioner.find_user(name, 5).name


def test_nobody_waits_behind_a_long_answer(sandbox: RouterSandbox, connect: Connect) -> None:
    router = connect(sandbox)
    router.provisioner.find_user("nobody", 2)
    sandbox.faults.hang(PRINT)
    listing = Crowd(lambda: router.provisioner.users_marked(MARK, 1.5), 1)
    wait_until(lambda: [c.path for c in sandbox.commands].count(PRINT) == 2)
    for _ in range(3):
        assert router.provisioner.find_user("nobody", 2) is None
    asked = [command.connection for command in sandbox.commands if command.path == PRINT]
    assert asked == [1, 1, 2, 2, 2]
    listing.wait()


def test_idle_routers_have_no_threads(sandbox: RouterSandbox) -> None:
    [api] = [row for row in sandbox.rows("/ip/service") if row["name"] == "api"]
    sandbox.execute("/ip/service/set", numbers=api[".id"], max_sessions="500")
    before = threading.active_count()
    routers = Routers(RouterSettings(own_machine=True))
    where = (sandbox.host, sandbox.port, sandbox.user, sandbox.password, Tls.NONE)
    try:
        for number in range(200):
            # Without TLS a fingerprint only makes another address of it.
            routers.at(RouterAddress(*where, str(number))).inspector.info(5)
        assert sandbox.open_connections == 200
        # The one that closes what is idle.
        assert threading.active_count() <= before + 1
    finally:
        routers.close()
    wait_until(lambda: sandbox.open_connections == 0)
