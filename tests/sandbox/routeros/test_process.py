"""Test `python -m portal.sandbox.routeros`, as the demo and the benchmark start it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portal.sandbox.routeros import RouterSandbox
from tests.sandbox.routeros.talk import Talk
from tests.sandbox.routeros.test_control import ask_at
from tests.support.patience import PATIENCE
from tests.support.processes.process import CHECKOUT, Process

COMMAND = (sys.executable, "-m", "portal.sandbox.routeros")


def log_in(ready: dict[str, object], password: str) -> Talk:
    talk = Talk(str(ready["host"]), int(str(ready["port"])))
    assert talk.ask("/login", "=name=portal", f"=password={password}") == [["!done"]]
    return talk


def test_it_says_where_it_listens_and_serves(tmp_path: Path) -> None:
    options = ("--password", "secret", "--tls-port", "0", "--control-port", "0")
    options += ("--version", "7.9.2", "--state", str(tmp_path / "router.json"))
    with Process([*COMMAND, *options], forked=False) as process:
        ready = process.wait_for_json()
        assert ready["version"] == "7.9.2"
        assert len(ready["fingerprint"]) == 64
        assert ready["tls_port"] not in (None, 0, ready["port"])
        with log_in(ready, "secret") as talk:
            assert talk.rows("/system/resource/print")[0]["version"] == "7.9.2 (stable)"
            assert talk.ask("/ip/hotspot/user/add", "=name=A")[0][0] == "!done"
        assert [user["name"] for user in ask_at(ready["control_url"], "GET", "/users")] == ["A"]
        assert process.terminate() == 0
        assert process.stderr == ""


def test_what_it_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    options = ("--password", "secret", "--state", str(tmp_path / "router.json"))
    with Process([*COMMAND, *options]) as process:
        with log_in(process.wait_for_json(), "secret") as talk:
            assert talk.ask("/ip/hotspot/user/add", "=name=A")[0][0] == "!done"
        process.kill()
        process.start()
        with log_in(process.wait_for_json(), "secret") as talk:
            assert talk.rows("/ip/hotspot/user/print", "?name=A")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_while_clients_are_connected(number: signal.Signals) -> None:
    with Process(COMMAND) as process:
        ready = process.wait_for_json()
        assert (ready["tls_port"], ready["control_url"]) == (None, None)
        with log_in(ready, ready["password"]) as talk:
            process.signal(number)
            assert talk.hear() is None
        assert process.wait() == 0
        assert process.stderr == ""


def test_it_may_end_with_whoever_started_it() -> None:
    child = subprocess.Popen(
        [*COMMAND, "--exit-on-eof"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CHECKOUT
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith(b"{")
        child.communicate(timeout=PATIENCE)
    assert child.returncode == 0


def test_a_taken_port_is_an_error(router: RouterSandbox) -> None:
    with Process([*COMMAND, "--port", str(router.port)]) as process:
        assert process.wait() != 0
        assert "address already in use" in process.stderr
