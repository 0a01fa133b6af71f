"""Read the sentences that services say, which are Spanish until a page shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.processes.commands import CHECKOUT

PLACES = ("operators", "hotspot/routeros/messages.py", "vouchers", "core/image_encoding.py")
# The name of a seller, and what is only part of a sentence.
NO_SENTENCES = {"Importadas de Mikhmon", "Las llaves quedaron guardadas y se puede vender"}
PROBLEMS = {"BadRequest", "Conflict", "Forbidden", "Gone", "Invalid", "NotFound", "Unavailable"}


def service_texts() -> set[str]:
    """Those of constants, of tables of them, of classes' `detail`, and those raised as they are."""
    found = {text for path in _files() for text in _in_module(ast.parse(path.read_text()))}
    return found - NO_SENTENCES


def _files() -> Iterator[Path]:
    for place in PLACES:
        path = CHECKOUT / "portal" / place
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _in_module(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(value=value, targets=[ast.Name(id=name)]):
                if name.isupper() or name == "detail":
                    yield from _sentences(value)
            case ast.Call(func=ast.Name(id=name), args=args) if name in PROBLEMS:
                for said in args:
                    yield from _sentences(said)


def _sentences(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)) if " " in text and text[0] in "{«¿" + UPPER:
            yield text
        case ast.Dict(values=values):
            for each in values:
                yield from _sentences(each)


UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZÁÉÍÓÚÑ"
