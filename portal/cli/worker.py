"""Finish what requests left: in one pass, or forever."""

from __future__ import annotations

import signal
from typing import Any

import click
from flask.cli import ScriptInfo, with_appcontext

from portal.cli.command import command
from portal.worker.dispatcher import work_once
from portal.worker.housekeeping import beat
from portal.worker.runner import Worker, this_machine


@command("reconcile", example="flask reconcile")
@with_appcontext
def reconcile() -> None:
    """Hace una vez todo lo que hace un trabajador.

    Para servidores donde cron lo repite; nunca cobra.
    """
    beat(f"{this_machine()}:reconcile")
    click.echo(f"{work_once()} pendientes atendidos.")


@command("worker", example="flask worker --threads 8")
@click.option(
    "--threads",
    metavar="N",
    default=4,
    show_default=True,
    help="Pasos rápidos a la vez; los lentos tienen los suyos.",
)
@click.option(
    "--pause",
    metavar="SEGUNDOS",
    default=1.0,
    show_default=True,
    help="Entre una mirada a lo pendiente y la siguiente, donde PostgreSQL no avisa.",
)
@click.pass_obj
def worker(info: ScriptInfo, threads: int, pause: float) -> None:
    """Termina lo que las compras dejaron pendiente.

    Sigue hasta que se le pide parar; con SIGTERM acaba antes el paso en curso.
    """
    works = Worker(info.load_app(), threads, pause)

    def stop(_signal: int, _frame: Any) -> None:
        works.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    works.run()
