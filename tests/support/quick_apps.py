"""Spare applications that are made one after another what they would all make alike.

Nearly each test has an application of its own. Most of the time that such a test takes went into
the functions that werkzeug compiles for each address, into SQL that SQLAlchemy compiles for each
engine and into what Jinja compiles templates to: all are the same in every application, so the
first one's serve the next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect
from werkzeug.routing import Rule

from portal.core.extensions import db

Builder = Callable[..., tuple[str, str]]
_builders: dict[object, Builder] = {}
_known: dict[str, tuple[Dialect, Any]] = {}
_compile: Callable[[Rule, bool], Builder] = Rule._compile_builder


class SharedTemplates(BytecodeCache):
    """Keeps what each template was compiled to, for as long as its text stays the same."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


_templates = SharedTemplates()


def pytest_configure() -> None:
    """Let rules that are written alike share what builds their addresses."""
    Rule._compile_builder = _builder_of


def _builder_of(rule: Any, append_unknown: bool = True) -> Builder:
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key = (rule.rule, tuple(rule._trace), defaults, append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


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
