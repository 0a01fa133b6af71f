"""Spare applications that are made one after another what they would all make alike.

Nearly each test has an application of its own. Most of the time that such a test takes went into
SQL that SQLAlchemy compiles for each engine and into what Jinja compiles templates to: both are
the same in every application, so the first one's serve the next. Templates serve all processes of a
run, by files.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect

from portal.core.extensions import db
from tests.support.processes.shared import folder_of_run

_known: dict[str, tuple[Dialect, Any]] = {}


class SharedTemplates(FileSystemBytecodeCache):
    """Keeps what each template was compiled to, for as long as its text stays the same."""

    def __init__(self) -> None:
        folder = folder_of_run() / "templates"
        folder.mkdir(exist_ok=True)
        super().__init__(str(folder))
        self._codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        known = (bucket.key, bucket.checksum)
        if known not in self._codes:
            super().load_bytecode(bucket)
            self._codes[known] = bucket.code
        bucket.code = self._codes[known]

    def dump_bytecode(self, bucket: Bucket) -> None:
        super().dump_bytecode(bucket)
        self._codes[bucket.key, bucket.checksum] = bucket.code


@cache
def _templates() -> SharedTemplates:
    return SharedTemplates()


def share_all_templates() -> None:
    """Let all applications of this process use what others have compiled their templates to."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _templates()}


def share_statements(app: Flask) -> None:
    """Let the application's engine use what the first one of its kind has compiled.

    To be called before anything is asked of its database, and once the events of its own dialect
    are listened for, by which it goes on connecting.
    """
    with app.app_context():
        engine = db.engine
    if engine.name not in _known:
        # What a dialect finds out about its server it knows after its first connection.
        engine.connect().close()
        _known[engine.name] = (engine.dialect, engine._compiled_cache)
    else:
        engine.dialect, engine._compiled_cache = _known[engine.name]


def share_templates(app: Flask) -> None:
    """Let the application use what others have compiled its templates to."""
    app.jinja_env.bytecode_cache = _templates()
