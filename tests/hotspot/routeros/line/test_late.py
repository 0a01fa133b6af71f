"""Test commands whose answer is late: they are canceled, and the line goes on."""

from __future__ import annotations

import pytest

from portal.hotspot.errors import RouterUnavailable
from portal.hotspot.provisioning import NewHotspotUser
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.crowd import Crowd
from tests.hotspot.routeros.line.scripted import Scripted
from tests.support.patience import wait_until

PRINT, ADD = "/ip/hotspot/user/print", "/ip/hotspot/user/add"
USER = NewHotspotUser("AB3C9D", "1234", "1hora", "portal:demo:1")


def paths(sandbox: RouterSandbox) -> list[str]:
    return [command.path for command in sandbox.commands]


def test_a_late_command_is_canceled_and_the_connection_kept(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox)
    sandbox.add_user("second", "1")
    sandbox.faults.hang(PRINT)
    with pytest.raises(RouterUnavailable, match="a tiempo"):
        router.provisioner.find_user("first", 0.2)
    found = router.provisioner.find_user("second", 2)
    assert found is not None
    assert found.name == "second"
    late = next(command for command in sandbox.commands if command.path == PRINT)
    cancel = next(command for command in sandbox.commands if command.path == "/cancel")
    assert cancel.args == {"tag": late.tag}
    assert sandbox.counters.connections == 1


def test_a_change_that_was_canceled_may_have_been_made(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox)
    sandbox.faults.hang(ADD, executed=True)
    with pytest.raises(RouterUnavailable) as caught:
        router.provisioner.add_user(USER, 0.2)
    assert caught.value.executed is None
    assert "AB3C9D" in sandbox.users
    assert sandbox.counters.connections == 1


def test_what_still_comes_of_a_late_command_is_nobody_s(connect: Connect) -> None:
    with Scripted() as peer:
        router = connect(peer)
        late = Crowd(lambda: router.provisioner.find_user("late", 0.3), 1)
        asked = peer.next()
        assert isinstance(late.wait()[0][0], RouterUnavailable)
        cancel = peer.next()
        assert cancel.path == "/cancel"
        # Word for word as for a command that had been done when it was to be interrupted.
        asked.show("late")
        cancel.say("!trap", "=message=no such item (4)")
        cancel.say("!done")
        other = Crowd(lambda: router.provisioner.find_user("other", 5), 1)
        peer.next().show("other")
        assert other.wait()[0][0].name == "other"
        assert peer.accepted == 1


def test_one_that_is_late_leaves_the_others_alone(connect: Connect) -> None:
    with Scripted() as peer:
        router = connect(peer)
        first = Crowd(lambda: router.provisioner.find_user("first", 5), 1)
        peer.next().show("first")
        first.wait()
        late = Crowd(lambda: router.provisioner.find_user("late", 0.3), 1)
        peer.next()
        patient = Crowd(lambda: router.provisioner.find_user("patient", 5), 1)
        asked = peer.next()
        # The thread that reads for both is the one that gives up.
        assert isinstance(late.wait()[0][0], RouterUnavailable)
        assert peer.next().path == "/cancel"
        asked.show("patient")
        assert patient.wait()[0][0].name == "patient"


def test_a_router_that_does_not_cancel_loses_the_connection(
    sandbox: RouterSandbox, connect: Connect
) -> None:
    router = connect(sandbox, cancel_seconds=0.1)
    router.provisioner.find_user("nobody", 2)
    sandbox.faults.ignore_cancel()
    sandbox.faults.delay(700, PRINT, times=2)
    patient = Crowd(lambda: router.provisioner.find_user("patient", 5), 1)
    wait_until(lambda: paths(sandbox).count(PRINT) == 2)
    with pytest.raises(RouterUnavailable):
        router.provisioner.find_user("late", 0.2)
    wait_until(lambda: "/cancel" in paths(sandbox))
    wait_until(
        lambda: router.provisioner.find_user("next", 2) is None and connections(sandbox) == 2
    )
    # Whoever waits there still has its answer, and then it is closed.
    assert patient.wait()[0][0] is None
    wait_until(lambda: router.provisioner.find_user("next", 2) is None and is_alone(sandbox))


def is_alone(sandbox: RouterSandbox) -> bool:
    return sandbox.open_connections == 1


def connections(sandbox: RouterSandbox) -> int:
    return sandbox.counters.connections


def test_after_a_silence_the_next_command_does_not_wait_for_that_line(connect: Connect) -> None:
    with Scripted() as peer:
        router = connect(peer)
        late = Crowd(lambda: router.provisioner.find_user("late", 0.2), 1)
        peer.next()
        assert isinstance(late.wait()[0][0], RouterUnavailable)
        assert peer.next().path == "/cancel"
        other = Crowd(lambda: router.provisioner.find_user("other", 5), 1)
        peer.next().show("other")
        assert other.wait()[0][0].name == "other"
        assert peer.accepted == 2


def test_nobody_sends_on_a_line_that_another_listens_to_for_a_sign_of_life(
    connect: Connect,
) -> None:
    """Two threads that read one line would take each other's halves of a sentence."""
    with Scripted() as peer:
        router = connect(peer, connections=1)
        warm = Crowd(lambda: router.provisioner.find_user("warm", 5), 1)
        peer.next().show("warm")
        warm.wait()
        late = Crowd(lambda: router.provisioner.find_user("late", 0.2), 1)
        silent = peer.next().sock
        assert isinstance(late.wait()[0][0], RouterUnavailable)
        assert peer.next().path == "/cancel"
        both = Crowd(lambda: router.provisioner.find_user("other", 5), 2)
        for _ in range(2):
            asked = peer.next()
            assert asked.sock is not silent
            asked.show("other")
        assert [found.name for found, _ in both.wait()] == ["other", "other"]
