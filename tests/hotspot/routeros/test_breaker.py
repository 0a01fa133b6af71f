"""Test the breaker that keeps calls from a router that does not answer."""

from __future__ import annotations

from time import monotonic

import pytest

from portal.hotspot.errors import RouterRefused, RouterUnavailable
from portal.hotspot.routeros.admission import Breaker
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.crowd import Crowd
from tests.hotspot.routeros.peer import Peer, silent
from tests.support.patience import wait_until


def test_a_router_that_keeps_failing_is_left_alone_and_tried_again(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox, breaker_seconds=0.5)
    router.provisioner.find_user("AB3C9D", 2)
    sandbox.go_down()
    for _ in range(3):
        with pytest.raises(RouterUnavailable, match="puerto"):
            router.provisioner.find_user("AB3C9D", 2)
    sandbox.come_up()
    with pytest.raises(RouterUnavailable, match="últimos intentos") as caught:
        router.provisioner.find_user("AB3C9D", 2)
    assert caught.value.executed is False

    def answers() -> bool:
        try:
            return router.provisioner.find_user("AB3C9D", 2) is None
        except RouterUnavailable:
            return False

    wait_until(answers)


def test_while_a_router_is_left_alone_nobody_waits(connect: Connect) -> None:
    with Peer(silent) as peer:
        router = connect(peer, slow_after=0.1, breaker_seconds=30)
        Crowd(lambda: router.provisioner.find_user("AB3C9D", 0.2), 2).wait()
        with pytest.raises(RouterUnavailable):
            router.provisioner.find_user("AB3C9D", 0.2)
        seen = peer.accepted
        results = Crowd(lambda: router.provisioner.find_user("AB3C9D", 5), 50).wait()
        assert peer.accepted == seen
    assert max(seconds for _, seconds in results) < 2
    assert all(error.executed is False for error, _ in results)


def test_one_probe_is_let_through_a_pause(connect: Connect) -> None:
    with Peer(silent) as peer:
        router = connect(peer, breaker_failures=1, breaker_seconds=0.3, slow_after=0.1)
        with pytest.raises(RouterUnavailable):
            router.provisioner.find_user("AB3C9D", 0.2)
        seen = peer.accepted

        def crowd_reaches_it() -> bool:
            Crowd(lambda: router.provisioner.find_user("AB3C9D", 0.1), 8).wait()
            return peer.accepted > seen

        wait_until(crowd_reaches_it)
        assert peer.accepted == seen + 1


def test_refusals_are_answers(sandbox: RouterSandbox, connect: Connect) -> None:
    router = connect(sandbox, breaker_failures=2)
    for _ in range(4):
        sandbox.faults.trap("not enough permissions (9)", "/ip/hotspot/user/print")
        with pytest.raises(RouterRefused, match="permisos"):
            router.provisioner.find_user("AB3C9D", 2)
    sandbox.faults.refuse_login(times=None)
    sandbox.drop_connections()
    for _ in range(4):
        with pytest.raises(RouterRefused, match="contraseña"):
            router.provisioner.find_user("AB3C9D", 2)


def test_a_line_that_took_the_time_is_not_the_routers_failure(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox, commands=1, breaker_failures=1)
    router.provisioner.find_user("AB3C9D", 2)
    sandbox.faults.delay(200, times=None)
    for _ in range(3):
        results = Crowd(lambda: router.provisioner.find_user("AB3C9D", 0.5), 4).wait()
        assert [result for result, _ in results].count(None) >= 1


def test_the_pause_varies() -> None:
    pauses = set()
    for _ in range(20):
        breaker = Breaker(1, 10)
        breaker.unanswered()
        pauses.add(round(breaker._retry_at - monotonic(), 3))
        with pytest.raises(RouterUnavailable):
            breaker.admit()
    assert len(pauses) > 10
    assert min(pauses) > 7.9
    assert max(pauses) < 12.1
