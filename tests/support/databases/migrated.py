"""Copy databases that are migrated already, since to walk all migrations takes long."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from secrets import token_hex
from zlib import crc32

from flask import Flask

from config import load_settings
from portal import create_app
from portal.core import migrations
from portal.core.database import reading
from portal.core.extensions import db
from tests.support.databases.admin import Databases, execute
from tests.support.processes.guard import guard
from tests.support.processes.shared import kept

FILE = "portal.db"
# Each copy is a deployment of its own, which marks what it owns with its name.
RENAME = "UPDATE deployment SET name = '{}'"


def copy_sqlite(instance: Path, secrets: dict[str, str]) -> bool:
    """Put a migrated SQLite database where an instance looks for its own, unless one is there.

    It was copied, not found there: so it lacks no migration.
    """
    file = instance / FILE
    if file.exists():
        return False
    instance.mkdir(parents=True, exist_ok=True)
    migrated, name = _migrated_sqlite(tuple(secrets.items()))
    # As Portal makes its own: nobody else may read it.
    file.touch(0o600)
    # To open it for this takes longer than all else.
    file.write_bytes(migrated.replace(name, token_hex(6).encode()))
    return True


def copy_postgresql(databases: Databases, secrets: dict[str, str]) -> str:
    """Make a migrated PostgreSQL database, and give its address."""
    template = databases.template(
        kind(secrets), lambda url: migrate(secrets | {"DATABASE_URL": url})
    )
    url = databases.create_database(template)
    execute(url, RENAME.format(token_hex(6)))
    return url


def kind(secrets: dict[str, str]) -> str:
    """Name what is migrated with these secrets."""
    return f"migrated-{crc32(repr(tuple(secrets.items())).encode())}"


def upgrade(app: Flask) -> None:
    """Walk the migrations that the application's database lacks."""
    with app.app_context():
        with reading() as session:
            is_behind = migrations.is_behind(session)
        if is_behind:
            migrations.upgrade()


def migrate(environ: dict[str, str]) -> None:
    """Walk all migrations, and close every connection."""
    folder = guard().make_folder("portal-migrated-")
    app = create_app(load_settings({"INSTANCE_PATH": str(folder)} | environ))
    with app.app_context():
        migrations.upgrade()
        db.engine.dispose()
    app.extensions["ports"].close()
    guard().remove_folder(folder)


@cache
def _migrated_sqlite(secrets: tuple[tuple[str, str], ...]) -> tuple[bytes, bytes]:
    """What a migrated database consists of, and its name, which stands there once."""
    with kept(f"{kind(dict(secrets))}.db") as file:
        if not file.exists():
            folder = guard().make_folder("portal-migrated-")
            migrate(dict(secrets) | {"INSTANCE_PATH": str(folder)})
            shutil.copyfile(folder / FILE, file)
            guard().remove_folder(folder)
        return file.read_bytes(), _name(file)


def _name(file: Path) -> bytes:
    with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as connection:
        [name] = connection.execute("SELECT name FROM deployment").fetchone()
    found = str(name).encode()
    assert file.read_bytes().count(found) == 1
    return found
