"""Finishing what requests left: one pass, or forever."""

from __future__ import annotations

import signal
import threading
from typing import Any

import click
from flask.cli import with_appcontext

from portal.sales.reconcile import reconcile as reconcile_once


@click.command("reconcile")
@with_appcontext
def reconcile() -> None:
    """Finish once what is due now: ask, deliver, cancel, refund. Never charges."""
    click.echo(f"{reconcile_once()} pendientes atendidos.")


@click.command("worker")
@click.option("--pause", default=1.0, show_default=True, help="Seconds between two passes.")
@with_appcontext
def worker(pause: float) -> None:
    """Finish what is due, until told to stop (SIGTERM ends the step at hand first)."""
    stopping = threading.Event()

    def stop(_signal: int, _frame: Any) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping.is_set():
        reconcile_once(stopping.is_set)
        stopping.wait(pause)
