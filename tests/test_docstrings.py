"""Docstrings begin with a verb and say plainly what is done."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes.commands import CHECKOUT

ROOMS = (
    "access",
    "alerts",
    "api",
    "cli",
    "core",
    "hotspot",
    "invoicing",
    "models",
    "operators",
    "pages",
    "panel",
    "payments",
    "sales",
    "sandbox",
    "vouchers",
    "web",
    "worker",
)
NO_VERBS = frozenset(
    [
        *("a", "all", "an", "as", "for", "from", "how", "in", "it", "no", "of", "on", "one", "our"),
        *("raises", "that", "the", "they", "this", "those", "what", "when", "where", "whether"),
        *("which", "who", "whoever", "whose"),
    ]
)


def files() -> list[Path]:
    found = [path for room in ROOMS for path in (CHECKOUT / "portal" / room).rglob("*.py")]
    alone = [
        CHECKOUT / "portal" / name for name in ("app.py", "ports.py", "providers.py", "server.py")
    ]
    return [CHECKOUT / "config.py", *alone, *sorted(found)]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_docstrings_begin_with_a_verb(path: Path) -> None:
    assert list(offenders(path.read_text(encoding="utf-8"))) == []


def test_what_begins_otherwise_is_seen() -> None:
    planted = '''"""What it does."""
class Thing:
    """The thing."""
    def go(self):
        """Go on."""
    def _stay(self):
        """Whether it stays."""
    def weigh(self):
        """Weighs it."""
'''
    assert [name for name, _ in offenders(planted)] == ["module", "Thing", "weigh"]


def offenders(source: str) -> Iterator[tuple[str, str]]:
    """Yield what is public and whose docstring does not begin with a verb."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            name = getattr(node, "name", "module")
            said = ast.get_docstring(node)
            hidden = name.startswith("_") or _is_for_people(node)
            if said and not hidden and not _begins_with_a_verb(said):
                yield name, said.splitlines()[0]


def _is_for_people(node: ast.AST) -> bool:
    """Whether it is a view or a command, whose docstring is shown to people, in Spanish."""
    decorators = getattr(node, "decorator_list", [])
    return any(".route(" in ast.unparse(d) or "command(" in ast.unparse(d) for d in decorators)


def _begins_with_a_verb(said: str) -> bool:
    word = said.split()[0].strip("`,.:;").lower()
    third_person = word.endswith("s") and not word.endswith(("ss", "las", "los"))
    return word.isalpha() and word not in NO_VERBS and not third_person
