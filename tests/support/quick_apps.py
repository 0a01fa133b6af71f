"""Spare applications that are made one after another what they would all make alike.

Nearly each test has an application of its own. Most of the time that such a test takes went into
what werkzeug compiles addresses to, into SQL that SQLAlchemy compiles for each engine and into
what Jinja compiles templates to: all are the same in every application, so the first one's serve
the next. Templates serve all processes of a run, by files.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect
from werkzeug.routing import Map, Rule

from portal.core.extensions import db
from tests.support.processes.shared import folder_of_run

_known: dict[str, tuple[Dialect, Any]] = {}
_rules: dict[object, dict[str, Any]] = {}
_compile: Callable[[Rule], None] = Rule.compile
COMPILED = ("_parts", "_trace", "_converters", "arguments")
BUILDERS = ("_build", "_build_unknown")


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


def pytest_configure() -> None:
    """Let rules that are written alike share what they are compiled to."""
    share_rules()


def share_rules() -> None:
    """Let all applications of this process compile addresses that are written alike once."""
    Rule.compile = _compile_once


def share_all_templates() -> None:
    """Let all applications of this process use what others have compiled their templates to."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _templates()}


def _compile_once(rule: Any) -> None:
    """Compile the rule as its like was; what builds its address is bound to the rule itself."""
    key = _what_is_compiled(rule)
    if key not in _rules:
        _compile(rule)
        builders = {name: getattr(rule, name).__func__ for name in BUILDERS}
        _rules[key] = builders | {name: getattr(rule, name) for name in COMPILED}
        return
    for name, made in _rules[key].items():
        setattr(rule, name, made.__get__(rule) if name in BUILDERS else made)


def _what_is_compiled(rule: Any) -> object:
    defaults = frozenset((rule.defaults or {}).items())
    domain = rule.host if rule.map.host_matching else rule.subdomain
    return (rule.rule, domain, rule.merge_slashes, defaults, _converters_of(rule.map))


@lru_cache(maxsize=4)
def _converters_of(rules: Map) -> frozenset[tuple[str, Any]]:
    """Those that an application has from its beginning: it registers none later."""
    return frozenset(rules.converters.items())


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
    app.jinja_env.bytecode_cache = _templates()
