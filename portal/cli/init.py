"""Offer `flask init`: make an installation that keeps its own database."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask import Flask, current_app

from config import INSTANCE, load_settings
from portal.cli.command import command
from portal.core import demo_folder
from portal.core.env_file import deployed_environment
from portal.core.errors import SettingsError
from portal.core.extensions import db
from portal.core.migrations import upgrade
from portal.core.settings.values import sqlite_file

NAMED = (
    "DATABASE_URL ya nombra una base de datos: para crear sus tablas ejecute flask db upgrade. "
    "flask init es para cuando no se nombra ninguna."
)
A_DEMO = "En {folder} vive una demostración: nombre otra carpeta con --instance, o borre esa."
NEXT = """{made} en {folder}: la base de datos portal.db y, en secrets.json, sus secretos.
Respalde los dos juntos: sin secrets.json lo guardado no se puede leer.

{setting}  flask create-admin --email usted@example.com
  flask worker
  gunicorn -c python:portal.server wsgi:app

El primer administrador también se crea en el navegador: la web escribe su enlace al arrancar."""
# Without it the commands that follow would look in the usual folder.
SETTING = "  export INSTANCE_PATH={folder}\n"


@command("init", example="flask init", anywhere=True)
@click.option(
    "--instance",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="CARPETA",
    help="Carpeta; por omisión, la de INSTANCE_PATH o instance.",
)
def init(instance: Path | None) -> None:
    """Crea una instalación con SQLite y secretos propios.

    Para un solo servidor, con sus datos en una carpeta; lo demás pide una base de datos PostgreSQL
    en DATABASE_URL. Donde ya la hay, la pone al día y no toca los secretos.
    """
    try:
        environ = deployed_environment(os.environ)
        if environ.get("DATABASE_URL"):
            raise click.ClickException(NAMED)
        named = {} if instance is None else {"INSTANCE_PATH": str(instance)}
        _refuse_demo(Path((environ | named).get("INSTANCE_PATH") or INSTANCE))
        settings = load_settings(environ | named)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    file = sqlite_file(settings.database_url)
    made = "Se puso al día la instalación" if file and file.exists() else "Se creó una instalación"
    _migrate(current_app.extensions["create_app"](settings))
    folder = settings.instance_path
    setting = SETTING.format(folder=folder) if instance is not None else ""
    click.echo(NEXT.format(made=made, folder=folder, setting=setting))


def _refuse_demo(instance: Path) -> None:
    if demo_folder.look(instance.absolute()) is not None:
        raise click.ClickException(A_DEMO.format(folder=instance))


def _migrate(app: Flask) -> None:
    with app.app_context():
        upgrade()
        db.engine.dispose()
    app.extensions["ports"].close()
