"""A worker says what it does when it starts, and what it did when it is told to stop."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from tests.support.processes.process import Process
from tests.support.shop import SECRETS, open_shop

FLASK = [sys.executable, "-m", "flask"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_tells_of_its_start_and_its_end(tmp_path: Path, number: signal.Signals) -> None:
    with open_shop(tmp_path, None) as shop:
        shop.gateway.fail("cut", "charge", executed=True)
        shop.gateway.fail("cut", "look_up", times=None)
        assert shop.buy().status_code == 202
        shop.gateway.heal()
        shop.make_due()
        environ = SECRETS | {"INSTANCE_PATH": str(tmp_path), "CONEKTA_API_URL": shop.gateway.url}
        command = [*FLASK, "worker", "--threads", "3", "--pause", "0.1"]
        with Process(command, environ, forked=number != signal.SIGTERM) as worker:
            worker.wait_until(lambda: "sale moved" in worker.stderr, "a step")
            worker.signal(number)
            assert worker.wait() == 0
    lines = [json.loads(line) for line in worker.stderr.splitlines()]
    started, stopped = lines[0], lines[-1]
    [stopping] = [line for line in lines if line["event"] == "worker stopping"]
    assert (started["event"], started["threads"]) == ("worker started", 3)
    assert started["database"] == f"sqlite:///{tmp_path / 'portal.db'}"
    assert "never charges" in started["does"]
    assert stopped["event"] == "worker stopped"
    assert 0 <= stopping["under_way"] <= started["threads"]
    assert stopped["steps"] > 0
    assert started["worker"] == stopping["worker"] == stopped["worker"]


def test_a_worker_names_no_password(tmp_path: Path) -> None:
    url = "postgresql://portal:planted-password@127.0.0.1:1/shop"
    with Process([*FLASK, "worker"], SECRETS | {"DATABASE_URL": url}) as worker:
        worker.wait_until(lambda: "worker pass failed" in worker.stderr, "its complaint")
        worker.terminate()
    assert json.loads(worker.stderr.splitlines()[0])["database"].startswith(
        "postgresql://portal:***@"
    )
    assert "planted-password" not in worker.stderr
