"""Offer `flask router outage` and `restore`, for after a router was out, or was reset."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from flask.cli import with_appcontext

from portal.cli.shell import MomentType, actor, placed, problems_told
from portal.operators import router_recovery, router_setup


@click.command("outage")
@click.argument("router_id")
@click.option("--from", "starts_at", type=MomentType(), required=True, help="Cuándo empezó.")
@click.option("--to", "ends_at", type=MomentType(), required=True, help="Cuándo terminó.")
@with_appcontext
def outage(router_id: str, starts_at: datetime, ends_at: datetime) -> None:
    """Declara una interrupción que ya terminó y devuelve su tiempo a cada acceso.

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


@click.command("restore")
@click.argument("router_id")
@with_appcontext
def restore(router_id: str) -> None:
    """Repone ahora en el router lo que perdió, y quita lo que no debe tener."""
    with problems_told():
        done = router_recovery.restore(actor(), router_setup.company_of(router_id), router_id)
    click.echo(
        f"El router había perdido {done.lost} usuarios y tenía {done.removed} de más. "
        f"Se atendieron {done.done} accesos."
    )
    if done.left:
        click.echo(f"Quedan {done.left}: el trabajador sigue con ellos.")
