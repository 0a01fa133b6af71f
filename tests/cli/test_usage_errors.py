"""Test that what is wrong with a command line is said in Spanish, with the way to its help."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from portal.cli.command import command

LINES = {
    "create-admin": "Falta '--email'.",
    "create-admin --emial a@example.com": "No existe la opción --emial. ¿Quiso --email",
    "create-admin --email a@example.com --empresa": "La opción --empresa se usa de otra manera",
    "create-admin --email a@example.com sobra": "No se entiende la orden: vea la ayuda.",
    "alerts --limit": "No existe la opción --limit.",
    "deploy nada": "No se entiende la orden: vea la ayuda.",
    "create-admin --email ana@example.com": "dela con --password-stdin",
}


@pytest.fixture(scope="module")
def make_database() -> object:
    return lambda: None


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_is_wrong_is_told_so_in_spanish(app: Flask, line: str) -> None:
    result = app.test_cli_runner().invoke(args=line.split())
    assert result.exit_code in (1, 2)
    assert LINES[line] in result.output
    assert not any(word in result.output for word in ("Usage", "Try ", "No such", "Missing"))


def test_a_place_that_cannot_be_written_is_told(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "kit"

    @command("write", example="flask write", anywhere=True)
    def write() -> None:
        place.mkdir(parents=True)

    result = app.test_cli_runner().invoke(write)
    assert result.exit_code == 1
    assert f"No se puede escribir en {place}" in result.output


def test_it_says_how_the_command_is_called(app: Flask) -> None:
    output = app.test_cli_runner().invoke(args=["create-admin"]).output
    assert output.startswith("Uso: portal.app create-admin [OPCIONES]\nAyuda: ")
