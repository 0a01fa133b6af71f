"""Run tests in two workers a core, the files that take long first; a pytest plugin.

A third of the time a test waits for a browser, a timeout, a process.
"""

from __future__ import annotations

import os
import tempfile
from typing import Any

import pytest

from tests.support.processes import shared

FOLDER = "folder_of_run"


def pytest_configure(config: pytest.Config) -> None:
    if folder := getattr(config, "workerinput", {}).get(FOLDER):
        os.environ[shared.FOLDER] = folder
    config.addinivalue_line("markers", "long: begun before all others")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Give every core two workers."""
    return (os.cpu_count() or 1) * 2


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give the workers of a run a folder that they share."""
    if not hasattr(node.config, FOLDER):
        folder = tempfile.TemporaryDirectory(prefix="portal-run-")
        setattr(node.config, FOLDER, folder)
        node.config.add_cleanup(folder.cleanup)
    node.workerinput[FOLDER] = getattr(node.config, FOLDER).name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is left with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
