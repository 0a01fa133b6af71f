"""Finish what requests left: in one pass, or forever."""

from __future__ import annotations

import signal
from typing import Any

import click
from flask.cli import ScriptInfo, with_appcontext

from portal.worker.dispatcher import work_once
from portal.worker.runner import Worker, beat, this_machine


@click.command("reconcile")
@with_appcontext
def reconcile() -> None:
    """Do once all that a worker does, for servers where cron runs this. Never charges."""
    beat(f"{this_machine()}:reconcile")
    click.echo(f"{work_once()} pendientes atendidos.")


@click.command("worker")
@click.option(
    "--threads",
    default=4,
    show_default=True,
    help="Quick steps at a time; slow ones have their own.",
)
@click.option(
    "--pause", default=1.0, show_default=True, help="Seconds between two looks for what is due."
)
@click.pass_obj
def worker(info: ScriptInfo, threads: int, pause: float) -> None:
    """Finish what is due, until told to stop (SIGTERM ends the step at hand first)."""
    works = Worker(info.load_app(), threads, pause)

    def stop(_signal: int, _frame: Any) -> None:
        works.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    works.run()
