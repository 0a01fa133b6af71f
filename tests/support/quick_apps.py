"""Spare applications that are made one after another what they would all make alike.

Nearly each test has an application of its own. Most of the time that such a test takes went into
SQL that SQLAlchemy compiles for each engine and into what Jinja compiles templates to: both are
the same in every application, so the first one's serve the next.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect

from portal.core.extensions import db

_known: dict[str, tuple[Dialect, Any]] = {}


class SharedTemplates(BytecodeCache):
    """Keeps what each template was compiled to, for as long as its text stays the same."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


_templates = SharedTemplates()


def share_statements(app: Flask) -> None:
    """Let the application's engine use what the first one of its kind has compiled.

    To be called before anything is asked of its database, and once the events of its own dialect
    are listened for, by which it goes on connecting.
    """
    with app.app_context():
        engine = db.engine
    known = _known.setdefault(engine.name, (engine.dialect, engine._compiled_cache))
    # What a dialect finds out about its server it knows after its first connection.
    if known[0].server_version_info is None:
        _known[engine.name] = (engine.dialect, engine._compiled_cache)
    else:
        engine.dialect, engine._compiled_cache = known


def share_templates(app: Flask) -> None:
    """Let the application use what others have compiled its templates to."""
    app.jinja_env.bytecode_cache = _templates
