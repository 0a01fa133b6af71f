"""Spare applications that are made one after another what they would all make alike.

Nearly each test has an application of its own. Half of the time that such a test takes went into
the functions that werkzeug compiles for each address, and into SQL that SQLAlchemy compiles for
each engine: both are the same in every application, so the first one's serve the next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy.engine import Dialect
from werkzeug.routing import Rule

from portal.core.extensions import db

Builder = Callable[..., tuple[str, str]]
_builders: dict[object, Builder] = {}
_known: dict[str, tuple[Dialect, Any]] = {}
_compile: Callable[[Rule, bool], Builder] = Rule._compile_builder


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
