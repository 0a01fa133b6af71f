"""Test demos beside each other, and the ways in which one can end against its will."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil

from portal.sandbox.demo.instance import Instance
from tests.sandbox.demo.running import buy, customer, demo, names
from tests.support.processes.family import await_end


def writes(process: psutil.Process, log: Path) -> bool:
    """Whether this is where its complaints go."""
    return os.path.samefile(f"/proc/{process.pid}/fd/2", log)


def test_two_demos_do_not_meet_and_leave_nothing_behind(tmp_path: Path) -> None:
    # One is forked, the other started as anybody does.
    started = [demo(tmp_path / name, "--json", forked=name == "one") for name in ("one", "two")]
    with started[0] as one, started[1] as two:
        facts, others = one.wait_for_json(), two.wait_for_json()
        assert buy(facts).status_code == 200
        assert names(facts) > names(others)
        with customer(others | {"api_key": facts["api_key"]}) as stranger:
            assert stranger.get("/api/v1/catalogo_perfiles_venta").status_code == 401

        log = tmp_path / "one" / "logs" / "worker.log"
        worker = next(child for child in one.family()[1:] if writes(child, log))
        worker.kill()
        assert one.wait() == 1
        assert one.left_running == []
        assert f"«worker» terminó (estado -9). Vea {log}" in one.stderr
        assert log.exists()

        family = two.family()
        two.signal(signal.SIGKILL)
        await_end(family)
        # Whoever comes next finds the folder free.
        with Instance(tmp_path / "two").occupied(on_wait=lambda: None):
            pass
        two.wait()
        assert two.left_running == []
