"""`flask alerts --kinds` explains each kind of alert, and no alert has any other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from portal.alerts.kinds import AlertKind
from tests.support.processes.commands import CHECKOUT
from tests.support.shop import close_app, make_app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = make_app(tmp_path, None)
    yield app
    close_app(app)


def test_each_kind_is_explained(app: Flask) -> None:
    said = explained(app)
    assert said.keys() == set(AlertKind)
    assert all(meaning[0].isupper() and meaning.endswith(".") for meaning in said.values())
    assert len(set(said.values())) == len(said)


def explained(app: Flask) -> dict[str, str]:
    result = app.test_cli_runner().invoke(args=["alerts", "--kinds"])
    assert result.exit_code == 0, result.output
    return dict(line.split(maxsplit=1) for line in result.output.splitlines())


@pytest.mark.parametrize("kind", AlertKind)
def test_each_kind_is_raised_somewhere(kind: AlertKind) -> None:
    built = {AlertKind.CODE_GUESSING, AlertKind.RECOVERY_GUESSING}
    followed = {AlertKind.REFUNDED, AlertKind.CHARGED_BACK}
    assert kind in built | followed or kind.name in named()


@cache
def named() -> set[str]:
    """The kinds that some module beside the table names."""
    return set(_named())


def _named() -> Iterator[str]:
    for path in (CHECKOUT / "portal").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "AlertKind":
                yield node.attr
