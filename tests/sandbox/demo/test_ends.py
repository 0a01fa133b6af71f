"""Test demos beside each other, and the ways in which one can end against its will."""

from __future__ import annotations

import signal
from pathlib import Path

from portal.sandbox.demo.instance import Instance
from tests.sandbox.demo.running import buy, customer, demo, names
from tests.support.processes.family import await_end


def test_two_demos_do_not_meet_and_leave_nothing_behind(tmp_path: Path) -> None:
    started = [demo(tmp_path / name, "--json", forked=False) for name in ("one", "two")]
    with started[0] as one, started[1] as two:
        facts, others = one.wait_for_json(), two.wait_for_json()
        assert buy(facts).status_code == 200
        assert names(facts) > names(others)
        with customer(others | {"api_key": facts["api_key"]}) as stranger:
            assert stranger.get("/api/v1/catalogo_perfiles_venta").status_code == 401

        worker = next(child for child in one.family() if "worker" in child.cmdline())
        worker.kill()
        assert one.wait() == 1
        assert one.left_running == []
        log = tmp_path / "one" / "logs" / "worker.log"
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
