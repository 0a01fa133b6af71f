"""Test that a full disk is told by the server itself, not by the first customer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from portal.alerts import full_disk
from tests.support.databases import pgbinaries
from tests.support.databases.admin import Databases, execute
from tests.support.databases.recycled import Recycling
from tests.support.patience import PATIENCE
from tests.support.shop import close_app, make_app
from tests.support.small_disk import filled, small_disk

FULL = "El disco de la base de datos está lleno: libere espacio para que se pueda vender."


@pytest.fixture(autouse=True)
def _patiently(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine PostgreSQL writes as slowly as to a disk that is left alone."""
    monkeypatch.setattr(full_disk, "LONGEST", f"{PATIENCE}s")


@contextmanager
def opened(folder: Path, url: str | None) -> Iterator[Flask]:
    app = make_app(folder, url)
    try:
        yield app
    finally:
        close_app(app)


def ready(app: Flask) -> tuple[int, object]:
    """What /readyz says, whatever it found a moment ago."""
    app.extensions.pop("disk_seen", None)
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.json.get("detail")


def is_told_while_it_lasts(app: Flask, disk: Path) -> None:
    assert ready(app) == (200, None)
    with filled(disk):
        assert ready(app) == (503, FULL)
    assert ready(app) == (200, None)


def test_sqlite_s_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path, "16m") as disk, opened(disk, None) as app:
        is_told_while_it_lasts(app, disk)


@pytest.fixture
def tiny_disk(postgres: Databases) -> Iterator[Path]:
    """A disk of PostgreSQL's, a tablespace named as the disk."""
    if "TEST_DATABASE_URL" in os.environ:
        pytest.skip("a server of others has its disk elsewhere")
    root = pgbinaries.temporary_root(in_memory=True)
    with (
        tempfile.TemporaryDirectory(dir=root) as folder,
        small_disk(Path(folder), "4m,mode=0755") as disk,
    ):
        place = disk / "tablespace"
        place.mkdir()
        os.chmod(folder, 0o755)
        pgbinaries.give(place)
        execute(postgres.admin_url, f"CREATE TABLESPACE tiny_disk LOCATION '{place}'")
        yield disk
        execute(postgres.admin_url, "DROP TABLESPACE tiny_disk")


def test_postgresql_s_disk(tmp_path: Path, recycling: Recycling, tiny_disk: Path) -> None:
    with recycling.database() as url:
        spills_there = f"{url}?options=-ctemp_tablespaces%3Dtiny_disk"
        with opened(tmp_path, spills_there) as app:
            is_told_while_it_lasts(app, tiny_disk)


def test_who_asks_often_has_nothing_written(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[bool] = []
    monkeypatch.setattr(full_disk, "_is_full", lambda: bool(looks.append(True)))
    app.extensions.pop("disk_seen", None)
    for _ in range(3):
        assert app.test_client().get("/readyz").status_code == 200
    assert looks == [True]
