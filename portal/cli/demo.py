"""Offer `flask demo`: run a whole shop to try, on this computer alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.ports import settings

if TYPE_CHECKING:
    from portal.sandbox.demo import Facts


@click.command("demo")
@click.option("--port", default=8000, show_default=True, help="0 toma uno libre.")
@click.option("--json", "as_json", is_flag=True, help="Una línea de JSON en vez de la guía.")
@click.option(
    "--instance",
    type=click.Path(file_okay=False, path_type=Path),
    help="Carpeta que guarda todo; por omisión, la de la aplicación.",
)
@with_appcontext
def demo(port: int, as_json: bool, instance: Path | None) -> None:
    """Arranca una tienda de prueba: aplicación, router y pasarela de pago simulados.

    Usa siempre la base de datos embebida de la carpeta, aunque DATABASE_URL nombre otra.
    """
    # Only here: the application itself must never load a sandbox.
    from portal.sandbox.demo import DemoError, guide, serve

    def ready(facts: Facts, logs: Path) -> None:
        text = json.dumps(facts.as_dict()) if as_json else guide(facts, logs)
        click.echo(text)

    def notice(text: str) -> None:
        click.echo(text, err=True)

    folder = instance or Path(settings().instance_path)
    try:
        serve(folder, port, ready, notice, current_app.extensions["create_app"])
    except DemoError as error:
        raise click.ClickException(str(error)) from None
