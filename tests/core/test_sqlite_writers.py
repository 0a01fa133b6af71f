"""Prove that on SQLite each writer gets its turn, however busily others write, or is refused in
the end.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal.core import database
from portal.core.database import reading, writing
from tests.support.shop import close_app, make_app

WRITERS = 8
WRITES = 20
OFTEN = 20


@pytest.fixture
def apps(tmp_path: Path) -> Iterator[tuple[Flask, Flask]]:
    """Two applications on one database, which know of each other as little as two processes do."""
    with ExitStack() as stack:
        pair = make_app(tmp_path, None), make_app(tmp_path, None)
        for app in pair:
            stack.callback(close_app, app)
        yield pair


def write() -> None:
    with writing() as session:
        session.execute(text("UPDATE deployment SET name = name"))


class Crowd:
    """Threads that write without a pause while the block lasts."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write) for _ in range(WRITERS)]
        self.written = 0

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        with self._app.app_context():
            while not self._stop.is_set():
                write()
                self.written += 1


def test_a_writer_is_not_starved_by_another_process(apps: tuple[Flask, Flask]) -> None:
    busy, other = apps
    with Crowd(busy) as crowd, other.app_context():
        for _ in range(WRITES):
            write()
        overtaken = crowd.written / WRITES
    assert overtaken < OFTEN


def test_who_waits_too_long_is_refused(
    apps: tuple[Flask, Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = apps
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.1)
    with closing(sqlite3.connect(tmp_path / "portal.db", isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        with app.app_context(), pytest.raises(OperationalError):
            write()
        with app.app_context(), reading() as session:
            assert session.scalar(text("SELECT name FROM deployment"))
        stranger.execute("ROLLBACK")
    with app.app_context():
        write()


def test_other_statements_wait_as_sqlite_does(apps: tuple[Flask, Flask]) -> None:
    app, _ = apps
    with app.app_context():
        write()
        with writing() as session:
            assert session.scalar(text("PRAGMA busy_timeout")) == 10_000
