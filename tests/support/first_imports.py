"""Let each worker of a whole run begin to import tests at another place; a pytest plugin.

In a fresh checkout nothing is compiled. Workers that import in one order compile each module at
the same time, every one for itself; so each first imports a part of its own, and finds the rest
compiled by the others.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module

import pytest

WORKER, WORKERS = "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    whole = session.config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if whole and (worker := os.environ.get(WORKER)):
        files = sorted((session.config.rootpath / "tests").rglob("test_*.py"))
        for file in files[int(worker.removeprefix("gw")) :: int(os.environ[WORKERS])]:
            relative = file.relative_to(session.config.rootpath).with_suffix("")
            # What cannot be imported pytest tells of itself, and of that file alone.
            with suppress(Exception, pytest.skip.Exception):
                import_module(".".join(relative.parts))
