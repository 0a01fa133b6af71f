"""Test what a router still knows after it was started again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portal.sandbox.routeros import Clock, RouterSandbox
from portal.sandbox.routeros.wire.framing import to_text
from tests.sandbox.routeros.conftest import IP, MAC, NOW
from tests.sandbox.routeros.talk import Talk

ODD = to_text(b"caf\xe9 \xf0\x9f\x9b\x9c")


def test_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "router.json"
    with RouterSandbox(state=path, clock=Clock(frozen_at=NOW)) as router:
        router.add_profile("1hora", shared_users="2")
        router.add_user("A", "x", profile="1hora", limit_uptime="1h", comment=ODD)
        router.add_user("gone", "x")
        router.execute("/ip/hotspot/user/remove", numbers=router.users["gone"][".id"])
        router.execute("/system/identity/set", name="Café")
        router.join(MAC, IP)
        router.log_in("A", "x", IP)
        router.clock.advance(600)
        before = (router.users, router.active, router.hosts, router.cookies)
    with RouterSandbox(state=path, clock=Clock(frozen_at=NOW)) as router:
        after = (router.users, router.active, router.hosts, router.cookies)
        assert after == before
        assert router.users["A"]["comment"] == ODD
        assert router.users["A"]["uptime"] == "10m"
        assert router.rows("/system/identity")[0]["name"] == "Café"
        assert router.execute("/ip/hotspot/user/add", name="B") == "*4"
        router.clock.advance(3_000)
        assert router.active == []
        assert router.users["A"]["uptime"] == "1h"
        router.clock.advance(3 * 86_400)
        assert router.cookies == []


def test_what_was_acknowledged_is_already_written(tmp_path: Path) -> None:
    path = tmp_path / "router.json"
    with RouterSandbox(state=path) as router, Talk.logged_in(router) as talk:
        assert talk.ask("/ip/hotspot/user/add", "=name=A")[0][0] == "!done"
        assert '"A"' in path.read_text()


def test_a_burst_is_written_within_moments(tmp_path: Path) -> None:
    path = tmp_path / "router.json"
    with RouterSandbox(state=path) as router, Talk.logged_in(router) as talk:
        for n in range(200):
            talk.ask("/ip/hotspot/user/add", f"=name=U{n}")
        while '"U199"' not in path.read_text():
            talk.ask("/system/identity/print")
        json.loads(path.read_text())


def test_the_file_is_always_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "router.json"
    with RouterSandbox(state=path) as router:
        for n in range(300):
            router.add_user(f"U{n}", "x")
            if path.exists():
                json.loads(path.read_text())
        assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["router.json"]


def test_a_damaged_file_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "router.json"
    path.write_text("{")
    with pytest.raises(json.JSONDecodeError):
        RouterSandbox(state=path)
    assert path.read_text() == "{"
