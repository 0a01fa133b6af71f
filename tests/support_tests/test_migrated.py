"""Prove that each copy of the migrated SQLite database is sound, and a deployment of its own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.databases.migrated import FILE, copy_sqlite
from tests.support.secrets import SECRETS


def test_each_copy_is_sound_and_has_a_name_of_its_own(tmp_path: Path) -> None:
    names = set()
    for folder in (tmp_path / "a", tmp_path / "b"):
        copy_sqlite(folder, SECRETS)
        with closing(sqlite3.connect(folder / FILE)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            [(name,)] = connection.execute("SELECT name FROM deployment")
        assert len(name) == 12
        names.add(name)
    assert len(names) == 2


def test_one_that_is_there_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"mine")
    copy_sqlite(tmp_path, SECRETS)
    assert (tmp_path / FILE).read_bytes() == b"mine"
