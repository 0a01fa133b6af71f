"""Prove that what is skipped on a developer's machine fails in CI."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support import reference
from tests.support.processes.commands import run
from tests.support.skips import permitted

# Plugins of others would be loaded, and are not asked.
BARE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
SUITE = """
import pytest
from tests.support import reference

def test_called():
    pytest.skip("no browser")

@pytest.mark.skip(reason="no browser")
def test_marked():
    pass

def test_data():
    reference.require()

@pytest.mark.xfail
def test_known():
    assert False

def test_good():
    pass
"""
MODULE = 'import pytest\npytest.skip("no module", allow_module_level=True)\n'


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "test_module.py").write_text(MODULE)
    return tmp_path


def outcome(suite: Path, **env: str) -> str:
    """pytest's output on the suite, in a run of its own with the plugin."""
    options = ["-p", "tests.support.skips", "-p", "no:cacheprovider", "-c", os.devnull, "-rfEs"]
    where = ["--rootdir", str(suite), "--continue-on-collection-errors", str(suite)]
    return run([sys.executable, "-m", "pytest", *options, *where], BARE | env).stdout


def test_a_developer_may_skip(suite: Path) -> None:
    missing = str(suite / "missing")
    assert "1 passed, 4 skipped, 1 xfailed" in outcome(suite, PORTAL_REFERENCE_DATA=missing)


def test_ci_fails_where_a_part_is_missing(suite: Path) -> None:
    said = outcome(suite, CI="true", PORTAL_REFERENCE_DATA=str(suite / "missing"))
    assert "2 failed, 1 passed, 1 xfailed, 2 errors" in said
    assert "skipped where CI should have what it needs: no browser" in said
    assert "skipped where CI should have what it needs: no module" in said
    assert f"skipped where CI should have what it needs: {reference.MISSING}" in said


def test_a_ci_without_promised_data_may_skip_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(reference.VARIABLE, raising=False)
    monkeypatch.setattr(reference, "BESIDE", tmp_path / "missing")
    assert not reference.expected()
    with pytest.raises(pytest.skip.Exception, match=reference.MISSING) as skipped:
        reference.require()
    assert permitted(str(skipped.value))
    assert not permitted("no browser")


def test_data_beside_the_checkout_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(reference.VARIABLE, raising=False)
    monkeypatch.setattr(reference, "BESIDE", tmp_path)
    assert reference.expected()
    assert reference.require() == tmp_path
