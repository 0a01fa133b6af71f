"""Offer `flask settings`: show what can be set, as `config.py` declares it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, fields
from itertools import groupby
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from config import Settings
from portal import ports
from portal.cli.command import command

HEAD = ("Variable", "Default", "Unit", "Meaning")


@command("settings", example="flask settings", anywhere=True)
@click.option("--markdown", is_flag=True, help="Como tablas de Markdown, para documentación.")
@with_appcontext
def settings(markdown: bool) -> None:
    """Muestra cada ajuste y lo que vale aquí.

    De cada uno su variable, su valor por omisión, su unidad y su sentido.
    """
    for group, specs in groupby(fields(Settings), key=lambda spec: spec.metadata["group"]):
        title, write = (f"## {group}", _table) if markdown else (group, _lines)
        click.echo("\n".join([title, "", *write(specs), ""]))
    if unusable := current_app.extensions.get("unusable"):
        click.echo(str(unusable), err=True)


def _table(specs: Iterator[Field[Any]]) -> Iterator[str]:
    yield f"| {' | '.join(HEAD)} |"
    yield f"|{' --- |' * len(HEAD)}"
    for spec in specs:
        default = f"`{_default(spec)}`" if _default(spec) else ""
        yield f"| `{spec.name.upper()}` | {default} | {spec.metadata['unit']} | {_meaning(spec)} |"


def _lines(specs: Iterator[Field[Any]]) -> Iterator[str]:
    for spec in specs:
        default = " ".join(filter(None, (_default(spec) or "-", spec.metadata["unit"])))
        yield f"  {spec.name.upper():<24} {default:<24} {_meaning(spec)}{_here(spec)}"


def _default(spec: Field[Any]) -> str:
    default = str(spec.default)
    return default.lower() if isinstance(spec.default, bool) else default


def _meaning(spec: Field[Any]) -> str:
    about, formerly = spec.metadata["about"], spec.metadata["formerly"]
    return f"{about} (formerly {formerly})" if formerly else str(about)


def _here(spec: Field[Any]) -> str:
    """Say what it is set to, where that is not the default; of a secret only that it is set."""
    here = ports.settings()
    value = getattr(here, spec.name)
    if value == spec.default:
        return ""
    if spec.name == "database_url" and here.embedded:
        # A file needs no password.
        return f" [here: {value}]"
    return f" [set{'' if spec.metadata['secret'] else f': {value}'}]"
