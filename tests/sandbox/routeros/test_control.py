"""Test the control port, by which other processes drive the sandbox."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.control import Control
from tests.sandbox.routeros.conftest import IP, MAC
from tests.sandbox.routeros.talk import Talk
from tests.support.patience import PATIENCE

Ask = Callable[..., Any]


def ask_at(url: str, method: str, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        return json.load(response)


@pytest.fixture
def ask(router: RouterSandbox) -> Iterator[Ask]:
    with Control(router) as control:
        yield lambda *args: ask_at(control.url, *args)


def test_it_shows_what_the_router_holds(router: RouterSandbox, ask: Ask) -> None:
    ask("POST", "/profiles", {"name": "2horas", "rate-limit": "1M/1M"})
    ask("POST", "/users", {"name": "A", "password": "x", "profile": "2horas"})
    ask("POST", "/logins", {"user": "A", "password": "x", "address": IP})
    ask("POST", "/clock", {"advance": 90})
    [user] = ask("GET", "/users")
    assert (user["name"], user["profile"], user["uptime"]) == ("A", "2horas", "1m30s")
    assert [row["user"] for row in ask("GET", "/active")] == ["A"]
    assert [row["mac-address"] for row in ask("GET", "/hosts")] == [MAC]
    assert [row["user"] for row in ask("GET", "/cookies")] == ["A"]


def test_devices_come_and_go(router: RouterSandbox, ask: Ask) -> None:
    ask("POST", "/hosts", {"mac": "02:00:00:00:00:01", "address": "192.168.88.101"})
    ask("POST", "/leave", {"mac": MAC})
    assert [row["address"] for row in ask("GET", "/hosts")] == ["192.168.88.101"]


def test_it_shows_what_was_asked(router: RouterSandbox, ask: Ask, talk: Talk) -> None:
    ask("POST", "/users/many", {"count": 3})
    talk.ask("/ip/hotspot/user/print", "=count-only=", "?-default")
    last = ask("GET", "/commands")[-1]
    assert (last["path"], last["queries"]) == ("/ip/hotspot/user/print", ["?-default"])
    counters = ask("GET", "/counters")
    assert (counters["commands"], counters["connections"]) == (2, 1)
    assert counters["open_connections"] == 1
    assert counters["bytes_out"] > 0
    ask("DELETE", "/commands")
    assert ask("GET", "/counters")["commands"] == 0
    assert ask("GET", "/commands") == []


@pytest.mark.parametrize(
    ("fault", "reply"),
    [
        ({"kind": "trap", "message": "no"}, ["!trap", "=category=4", "=message=no"]),
        ({"kind": "fatal", "message": "no"}, ["!fatal", "no"]),
        ({"kind": "cut_before"}, None),
        ({"kind": "cut_after"}, None),
        ({"kind": "delay", "milliseconds": 20}, ["!re", "=name=MikroTik"]),
        ({"kind": "dribble", "milliseconds": 1}, ["!re", "=name=MikroTik"]),
        ({"kind": "garbage", "payload": "052177686174" + "00"}, ["!what"]),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_failures_are_set(ask: Ask, talk: Talk, fault: dict[str, Any], reply: list[str]) -> None:
    ask("POST", "/faults", {"command": "/system/identity", **fault})
    [pending] = ask("GET", "/faults")
    assert (pending["kind"], pending["times"]) == (fault["kind"], 1)
    talk.say("/system/identity/print")
    assert talk.hear() == reply
    assert ask("GET", "/faults") == []


@pytest.mark.parametrize("kind", ["hang", "hang_after"])
def test_a_hang_is_set(ask: Ask, talk: Talk, kind: str) -> None:
    ask("POST", "/faults", {"kind": kind, "times": None})
    talk.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        talk.ask("/ip/hotspot/user/add", "=name=A")
    assert bool(ask("GET", "/users")) is (kind == "hang_after")
    ask("DELETE", "/faults")
    assert ask("GET", "/faults") == []


def test_logins_and_connections_are_refused(router: RouterSandbox, ask: Ask, talk: Talk) -> None:
    ask("POST", "/faults", {"kind": "refuse_login"})
    message, category = talk.trap("/login", f"=name={router.user}", f"=password={router.password}")
    assert (message, category) == ("invalid user name or password (6)", None)
    ask("POST", "/faults", {"kind": "too_many_sessions"})
    with Talk(router.host, router.port) as refused:
        assert refused.hear() is None


def test_the_router_is_rebooted_reset_and_taken_down(router: RouterSandbox, ask: Ask) -> None:
    router.add_user("A", "x")
    for handle, users in (("/reboot", 1), ("/reset", 0)):
        with Talk.logged_in(router) as talk:
            ask("POST", handle)
            assert talk.hear() is None
        assert len(ask("GET", "/users")) == users
    ask("POST", "/down")
    with pytest.raises(ConnectionRefusedError):
        Talk(router.host, router.port)
    ask("POST", "/up")
    Talk.logged_in(router).socket.close()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nonsense", None, 404),
        ("DELETE", "/users", None, 404),
        ("POST", "/faults", {"kind": "meteorite"}, 400),
        ("POST", "/faults", {}, 400),
        ("POST", "/faults", {"kind": "hang", "times": 0}, 400),
        ("POST", "/faults", {"kind": "hang", "shoe_size": 43}, 400),
        ("POST", "/clock", {"advance": "soon"}, 400),
        ("POST", "/hosts", {"mac": "x", "address": "1.2.3.4"}, 400),
        ("POST", "/users", {"name": "A", "password": "x", "profile": "none such"}, 409),
        ("POST", "/logins", {"user": "A", "password": "x", "address": IP}, 409),
    ],
)
def test_mistakes_are_told(ask: Ask, method: str, path: str, body: object, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(method, path, body)
    with caught.value as answer:
        assert answer.code == status
        assert json.load(answer)["error"]
