"""Test routers without tags, or with wrong ones: one command at a time, found out by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.hotspot.errors import RouterUnavailable
from portal.hotspot.provisioning import NewHotspotUser
from portal.sandbox.routeros import RouterSandbox
from tests.hotspot.routeros.conftest import Connect
from tests.hotspot.routeros.crowd import Crowd
from tests.hotspot.routeros.line.scripted import Asked, Scripted
from tests.hotspot.routeros.peer import DONE, sentence

PRINT = "/ip/hotspot/user/print"


def tags(sandbox: RouterSandbox) -> list[bool]:
    """Whether each command since the logins had one."""
    return [command.tag is not None for command in sandbox.commands if command.path != "/login"]


@pytest.mark.parametrize("fault", ["drop_tag", "mangle_tag"])
def test_a_login_without_its_tag_is_enough(
    sandbox: RouterSandbox, connect: Connect, fault: str
) -> None:
    for number in range(8):
        sandbox.add_user(f"U{number}", "1")
    getattr(sandbox.faults, fault)("/login", times=2)
    sandbox.faults.delay(10, PRINT, times=None)
    router = connect(sandbox)
    names = iter(f"U{number % 8}" for number in range(16))

    def find() -> bool:
        name = next(names)
        found = router.provisioner.find_user(name, 5)
        return found is not None and found.name == name

    assert [result for result, _ in Crowd(find, 16).wait()] == [True] * 16
    assert not any(tags(sandbox))
    assert sandbox.counters.connections == 2
    # It is learnt anew with each connection.
    sandbox.drop_connections()
    assert router.provisioner.find_user("U1", 2) is not None
    assert tags(sandbox)[-1]


@pytest.mark.parametrize("fault", ["drop_tag", "mangle_tag"])
def test_a_lone_answer_without_its_tag_is_taken_and_no_tags_are_asked_for_again(
    sandbox: RouterSandbox, connect: Connect, fault: str
) -> None:
    router = connect(sandbox)
    sandbox.add_user("AB3C9D", "1")
    getattr(sandbox.faults, fault)(PRINT, times=None)
    for _ in range(3):
        assert router.provisioner.find_user("AB3C9D", 2) is not None
    assert tags(sandbox) == [True, False, False]
    sandbox.drop_connections()
    results = Crowd(lambda: router.provisioner.find_user("AB3C9D", 5), 12).wait()
    assert {found.name for found, _ in results} == {"AB3C9D"}
    assert not any(tags(sandbox)[1:])


def test_a_change_is_never_made_twice_to_find_out(connect: Connect) -> None:
    user = NewHotspotUser("AB3C9D", "1234", "1hora", "portal:demo:1")
    with Scripted() as peer:
        router = connect(peer)
        adding = Crowd(lambda: router.provisioner.add_user(user, 5), 1)
        peer.next().sock.sendall(sentence("!done", "=ret=*7"))
        assert isinstance(adding.wait()[0][0], str)
        assert peer.waiting() == 0
        finding = Crowd(lambda: router.provisioner.find_user("B", 5), 1)
        asked = peer.next()
        assert asked.tag is None
        asked.show("B")
        assert finding.wait()[0][0].name == "B"
        assert peer.accepted == 1


def test_a_router_that_answers_no_tag_at_all_is_asked_without(connect: Connect) -> None:
    with Scripted() as peer:
        router = connect(peer)
        silence = Crowd(lambda: router.provisioner.find_user("A", 0.2), 1)
        assert peer.next().tag is not None
        assert isinstance(silence.wait()[0][0], RouterUnavailable)
        assert peer.next().path == "/cancel"
        finding = Crowd(lambda: router.provisioner.find_user("B", 5), 1)
        asked = peer.next()
        assert asked.tag is None
        asked.show("B")
        assert finding.wait()[0][0].name == "B"


def refusing(words: tuple[str, ...]) -> Callable[[Asked], None]:
    def login(asked: Asked) -> None:
        if asked.tag is None:
            asked.say("!done")
        else:
            asked.sock.sendall(sentence(*words) + DONE)

    return login


def test_a_login_that_is_refused_for_its_tag_is_sent_without(connect: Connect) -> None:
    with Scripted(refusing(("!trap", "=message=unknown parameter .tag"))) as peer:
        router = connect(peer)
        finding = Crowd(lambda: router.provisioner.find_user("A", 5), 1)
        peer.next().show("A")
        assert finding.wait()[0][0].name == "A"
        assert peer.accepted == 1


def test_without_tags_a_late_answer_costs_the_connection(connect: Connect) -> None:
    with Scripted(lambda asked: asked.sock.sendall(DONE)) as peer:
        router = connect(peer)
        late = Crowd(lambda: router.provisioner.find_user("late", 0.3), 1)
        peer.next()
        assert isinstance(late.wait()[0][0], RouterUnavailable)
        other = Crowd(lambda: router.provisioner.find_user("other", 5), 1)
        asked = peer.next()
        assert asked.path == PRINT
        asked.show("other")
        assert other.wait()[0][0].name == "other"
        assert peer.accepted == 2
