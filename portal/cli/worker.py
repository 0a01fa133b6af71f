"""Finishing what requests left: one pass, or forever."""

from __future__ import annotations

import signal
from typing import Any

import click
from flask.cli import ScriptInfo, with_appcontext

from portal.sales.passes import reconcile as reconcile_once
from portal.sales.worker import Worker


@click.command("reconcile")
@with_appcontext
def reconcile() -> None:
    """Finish once what is due now: ask, deliver, cancel, refund. Never charges."""
    click.echo(f"{reconcile_once()} pendientes atendidos.")


@click.command("worker")
@click.option("--threads", default=4, show_default=True, help="Sales worked on at a time.")
@click.option("--pause", default=1.0, show_default=True, help="Seconds between two passes.")
@click.pass_obj
def worker(info: ScriptInfo, threads: int, pause: float) -> None:
    """Finish what is due, until told to stop (SIGTERM ends the step at hand first)."""
    works = Worker(info.load_app(), threads, pause)

    def stop(_signal: int, _frame: Any) -> None:
        works.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    works.run()
