"""Offer `flask demo`: run a whole shop to try, on this computer alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.cli.command import command
from portal.core.errors import SettingsError
from portal.ports import settings

if TYPE_CHECKING:
    from portal.sandbox.demo import Facts


@command(
    "demo", example="flask demo\nflask demo --api\nflask demo --delivery radius", anywhere=True
)
@click.option("--port", metavar="N", default=8000, show_default=True, help="0 toma uno libre.")
@click.option("--api", is_flag=True, help="Muestra llamadas a la API, listas para pegar.")
@click.option("--json", "as_json", is_flag=True, help="Una línea de JSON en vez de la guía.")
@click.option(
    "--instance",
    metavar="CARPETA",
    type=click.Path(file_okay=False, path_type=Path),
    help="Donde guarda todo; si no, en la de la aplicación.",
)
@click.option(
    "--delivery",
    type=click.Choice(["api", "radius"]),
    metavar="FORMA",
    default="api",
    show_default=True,
    help="radius: decide un servidor RADIUS, que debe estar instalado.",
)
@with_appcontext
def demo(port: int, api: bool, as_json: bool, instance: Path | None, delivery: str) -> None:
    """Arranca una tienda de prueba, entera en esta computadora.

    La aplicación es la de verdad; el router, los teléfonos y la pasarela de pago son simulados.
    Usa siempre la base de datos de su carpeta, aunque DATABASE_URL nombre otra; de los ajustes de
    la terminal sigue solo la forma de cobrar tarjetas (…_CHARGE). Lo que se ordena
    en la misma carpeta desde otra terminal habla con la demostración. Con una en marcha, --api
    muestra las llamadas a esa. Con --delivery radius guarda todo en una carpeta de su lado, y trae
    su propio PostgreSQL.
    """
    # Only here: the application itself must never load a sandbox.
    from portal.sandbox.demo import DemoError, calls, calls_of_running, guide, serve

    folder = instance or Path(settings().instance_path)
    by_radius = delivery == "radius"
    if by_radius:
        folder = folder / "radius"

    def ready(facts: Facts, logs: Path) -> None:
        if as_json:
            click.echo(json.dumps(facts.as_dict()))
            return
        if api:
            click.echo(calls(facts.api_url, facts.api_key) + "\n")
        click.echo(guide(facts, logs, folder if instance or by_radius else None))

    def notice(text: str) -> None:
        click.echo(text, err=True)

    if api and (shown := calls_of_running(folder)):
        click.echo(shown)
        return
    try:
        create_app = current_app.extensions["create_app"]
        serve(folder, port, ready, notice, create_app, by_radius=by_radius)
    except (DemoError, SettingsError) as error:
        raise click.ClickException(str(error)) from None
