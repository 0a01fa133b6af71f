"""Prove that a test file which cannot be imported is left to pytest, which says so of it alone."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import tests
from tests.support import first_imports

FILES = {
    "test_first_broken.py": "raise RuntimeError('broken')",
    "test_first_skipped.py": "import pytest\npytest.skip('no part', allow_module_level=True)",
    "test_first_good.py": "",
}


def test_what_cannot_be_imported_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    monkeypatch.setattr(tests, "__path__", [str(folder)])
    monkeypatch.setenv(first_imports.WORKER, "gw0")
    monkeypatch.setenv(first_imports.WORKERS, "1")
    source = pytest.Config.ArgsSource.TESTPATHS
    session: Any = SimpleNamespace(config=SimpleNamespace(args_source=source, rootpath=tmp_path))
    first_imports.pytest_collection(session)
    imported = {name for name in sys.modules if name.startswith("tests.test_first_")}
    assert imported == {"tests.test_first_good"}
    del sys.modules["tests.test_first_good"]
