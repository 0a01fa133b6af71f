"""Run tests side by side, but for those that take the time of something; a pytest plugin.

Four run on two cores, since a third of the time a test waits for a browser, a timeout, a process.

A test marked `alone` waits until no other runs, and none begins meanwhile. Files marked `long`
are begun first, so that no worker is left with one at the end.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import shared

FOLDER = "turns"


def pytest_configure(config: pytest.Config) -> None:
    if folder := getattr(config, "workerinput", {}).get(FOLDER):
        os.environ[shared.FOLDER] = folder
    config.addinivalue_line("markers", "alone: no other test runs at the same time")
    config.addinivalue_line("markers", "long: begun before all others")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Give every core two workers."""
    return (os.cpu_count() or 1) * 2


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give the workers of a run a folder that they share."""
    if not hasattr(node.config, FOLDER):
        folder = tempfile.TemporaryDirectory(prefix="portal-turns-")
        setattr(node.config, FOLDER, folder)
        node.config.add_cleanup(folder.cleanup)
    node.workerinput[FOLDER] = getattr(node.config, FOLDER).name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    folder = getattr(item.config, "workerinput", {}).get(FOLDER)
    if folder is None:
        return (yield)
    with turn(Path(folder), alone=item.get_closest_marker("alone") is not None):
        return (yield)


@contextmanager
def turn(folder: Path, *, alone: bool) -> Iterator[None]:
    """Run beside others, or alone.

    Who waits to be alone holds the door, so that those who run beside others cannot go on
    taking turns past it.
    """
    with (folder / "room").open("w") as room:
        with (folder / "door").open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
