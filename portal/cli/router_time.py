"""Offer `flask router outage` and `restore`, for after a router was out, or was reset."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from flask.cli import with_appcontext

from portal.cli.command import command
from portal.cli.router import ROUTER
from portal.cli.shell import MOMENT, actor, placed, problems_told
from portal.operators import router_recovery, router_setup


@command(
    "outage",
    example="flask router outage RTR_1A2B3C4D --from 2026-01-31T18:30 --to 2026-01-31T20:00",
)
@ROUTER
@click.option(
    "--from", "starts_at", type=MOMENT, metavar="FECHA", required=True, help="Cuándo empezó."
)
@click.option(
    "--to", "ends_at", type=MOMENT, metavar="FECHA", required=True, help="Cuándo terminó."
)
@with_appcontext
def outage(router_id: str, starts_at: datetime, ends_at: datetime) -> None:
    """Devuelve a cada acceso el tiempo de una interrupción.

    La interrupción ya terminó; una FECHA sin zona es de TIME_ZONE.

    Declararla otra vez, o en partes que se enciman, no devuelve nada dos veces.
    """
    with problems_told():
        company_id = router_setup.company_of(router_id)
        given = router_recovery.declare(
            actor(), company_id, router_id, placed(starts_at), placed(ends_at)
        )
    total = timedelta(seconds=given.seconds)
    click.echo(f"Se devolvió tiempo a {given.accesses} accesos: {total} (h:mm:ss) en total.")
    if given.reopened:
        click.echo(f"Vuelven a abrirse {given.reopened} que ya habían terminado.")
    for access_id in given.renamed:
        click.echo(f"El acceso {access_id} vuelve con otro usuario: avise a su cliente.")


@command("restore", example="flask router restore RTR_1A2B3C4D")
@ROUTER
@with_appcontext
def restore(router_id: str) -> None:
    """Repone en el router lo que perdió y quita lo de más."""
    with problems_told():
        done = router_recovery.restore(actor(), router_setup.company_of(router_id), router_id)
    click.echo(
        f"El router había perdido {done.lost} usuarios y tenía {done.removed} de más. "
        f"Se atendieron {done.done} accesos."
    )
    if done.left:
        click.echo(f"Quedan {done.left}: el trabajador sigue con ellos.")
