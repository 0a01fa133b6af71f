"""Read the sentences that services say, which are Spanish until a page shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from portal.panel.forms import sentence_of
from tests.support.processes.commands import CHECKOUT

PLACES = (
    *("operators", "hotspot/routeros/messages.py", "vouchers", "core/image_encoding.py"),
    "access/radius/errors.py",
)
# The name of a seller, and what is only part of a sentence.
NO_SENTENCES = {"Importadas de Mikhmon", "Las llaves quedaron guardadas y se puede vender"}
COMPLAINTS = (
    "debe ",
    "contiene ",
    "es obligatorio",
    "no es v",
    "no puede ser n",
    "no se rec",
    "parece ",
)
PROBLEMS = {"BadRequest", "Conflict", "Forbidden", "Gone", "Invalid", "NotFound", "Unavailable"}


def service_texts() -> set[str]:
    """Those of constants, of tables of them, of classes' `detail`, and those raised as they are."""
    found = {text for path in _files() for text in _in_module(ast.parse(path.read_text()))}
    return found - NO_SENTENCES


def field_texts() -> set[str]:
    """What is wrong with one field, as the panel's forms say it: `{}` where a number stands."""
    return {sentence_of([text]) for path in _web() for text in _complaints(path)}


def _web() -> Iterator[Path]:
    web = CHECKOUT / "portal" / "web"
    yield web / "messages.py"
    for folder in ("fields", "operator_schemas"):
        yield from sorted((web / folder).glob("*.py"))


def _complaints(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        text = ""
        match node:
            case ast.Constant(value=str(text)):
                pass
            case ast.JoinedStr(values=parts):
                text = "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in parts)
        if text.startswith(COMPLAINTS) and not text.endswith((" ", "{} y ")):
            yield text


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
