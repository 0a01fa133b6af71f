"""Test that a process can die only where the world has changed."""

from __future__ import annotations

from pathlib import Path

from portal.core.database import writing
from portal.models import Company
from portal.worker.dispatcher import run_pass
from tests.crash.checkpoints import Checkpoints, noted_commits
from tests.support.shop import close_app, make_app


def test_what_a_worker_asks_for_in_vain_is_no_point(tmp_path: Path) -> None:
    """How often it does so depends on how fast it is."""
    app, checkpoints = make_app(tmp_path, None), Checkpoints()
    with app.app_context(), noted_commits(checkpoints):
        assert run_pass() == 0
        assert checkpoints.points == []
        with writing() as session:
            session.add(Company(name="Café"))
            session.flush()
            with session.begin_nested():
                session.add(Company(name="Fonda"))
    close_app(app)
    passed = [point.name for point in checkpoints.points]
    assert passed[:2] == ["before commit 1", "after commit 1"]
    assert passed[-1] == f"after commit {len(passed) // 2}"
    assert len(passed) > 2
