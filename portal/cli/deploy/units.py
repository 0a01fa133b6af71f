"""Offer `flask deploy systemd`: the units that keep gunicorn and the worker running."""

from __future__ import annotations

import getpass
import math
import os
import sys
from pathlib import Path
from typing import Any

import click
from flask import render_template
from flask.cli import with_appcontext

from config import ROOT
from portal.cli.command import command
from portal.core.env_file import EVERYBODYS, env_file
from portal.core.settings.values import sqlite_file
from portal.ports import settings

KINDS = ("web", "worker")
# Whoever installs as root does not mean to serve as root.
USER = "portal"
HOMES = ("/home", "/root", "/run/user")
ENDING_SECONDS = 15
STATE = "/var/lib"


@command(
    "systemd",
    example="flask deploy systemd web --user portal > portal-web.service",
    anywhere=True,
)
@click.argument("kind", type=click.Choice(KINDS), required=False, metavar="[web|worker]")
@click.option("--user", metavar="USUARIO", help="Quien ejecuta Portal; por omisión, usted.")
@click.option(
    "--env",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="ARCHIVO",
    help="El archivo de ajustes; por omisión, el que se lee ahora o /etc/portal.env.",
)
@with_appcontext
def systemd(kind: str | None, user: str | None, file: Path | None) -> None:
    """Escribe unidades de systemd: web, worker, o las dos."""
    values = _values(user, file)
    for name in KINDS if kind is None else (kind,):
        click.echo(render_template("deploy/portal.service.j2", kind=name, **values))


def _values(user: str | None, file: Path | None) -> dict[str, Any]:
    typing = getpass.getuser()
    paths = [str(ROOT), sys.prefix]
    database = sqlite_file(settings().database_url)
    return {
        "user": user or (USER if typing == "root" else typing),
        "folder": ROOT,
        "programs": Path(sys.prefix, "bin"),
        "env": (file or env_file(os.environ) or EVERYBODYS).absolute(),
        "tunnel_folder": _tunnel_folder(),
        "writable": None if database is None else database.parent,
        "at_home": any(path.startswith(f"{home}/") for path in paths for home in HOMES),
        "stop_seconds": math.ceil(settings().sale_deadline) + ENDING_SECONDS,
    }


def _tunnel_folder(folder: str = STATE) -> str | None:
    """Name the folder for the tunnel's peers below systemd's own, where routers dial in."""
    path = Path(settings().wireguard_folder)
    is_below = settings().has_tunnel and path.is_relative_to(folder)
    return str(path.relative_to(folder)) if is_below else None
