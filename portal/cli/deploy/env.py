"""Offer `flask deploy env`: a file of settings with fresh secrets."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import Field, fields
from itertools import groupby
from typing import Any

import click
from flask import render_template
from flask.cli import with_appcontext

from config import Settings, faults
from portal.cli.command import command
from portal.core.instance import new_secrets

# They stand at its head, filled in.
FILLED_IN = (
    *("database_url", "public_url", "trusted_proxies", "secret_key", "jwt_apikey_secret"),
    *("jwt_session_secret", "encryption_keys"),
)
# What a server that is meant to serve has no use for.
UNMENTIONED = ("demo_control_url", "instance_path")
KEEP = (
    "Guárdelo donde solo lo lea quien ejecuta Portal, y respáldelo aparte de la base de datos:\n"
    "  flask deploy env … | sudo install -m 640 -g portal /dev/stdin /etc/portal.env"
)


@command(
    "env",
    example="flask deploy env --public-url https://wifi.example.com > portal.env",
    anywhere=True,
)
@click.option(
    "--database",
    metavar="URL",
    help="Su PostgreSQL; por omisión, uno local cuya contraseña se inventa.",
)
@click.option(
    "--public-url",
    default="https://wifi.example.com",
    show_default=True,
    metavar="URL",
    help="La dirección con la que se llega a Portal.",
)
@with_appcontext
def env(database: str | None, public_url: str) -> None:
    """Escribe ajustes con secretos nuevos, para /etc/portal.env.

    Cada vez son otros secretos: no reemplace con él uno que está en uso.
    """
    password = secrets.token_urlsafe(18)
    fresh: dict[str, Any] = new_secrets()
    url = database or f"postgresql://portal:{password}@127.0.0.1/portal"
    for fault in faults(Settings(database_url=url, public_url=public_url, **fresh)):
        raise click.ClickException(str(fault))
    text = render_template(
        "deploy/portal.env.j2",
        database=url,
        password=None if database else password,
        public_url=public_url,
        others=_others(),
        **fresh,
    )
    click.echo(text)
    click.echo(KEEP, err=True)


def _others() -> Iterator[tuple[str, list[str]]]:
    """Yield each group of the other settings, a line each, with its default."""
    every = (spec for spec in fields(Settings) if spec.name not in FILLED_IN + UNMENTIONED)
    for group, specs in groupby(every, key=lambda spec: str(spec.metadata["group"])):
        yield group, [_line(spec) for spec in specs]


def _line(spec: Field[Any]) -> str:
    default = str(spec.default).lower() if isinstance(spec.default, bool) else str(spec.default)
    unit = f" [{spec.metadata['unit']}]" if spec.metadata["unit"] else ""
    return f"# {spec.metadata['about']}{unit}\n#{spec.name.upper()}={default}"
