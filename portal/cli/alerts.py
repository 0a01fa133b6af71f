"""Offer `flask alerts`: show what needs a person."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.alerts.kinds import AlertKind
from portal.cli.command import command
from portal.cli.shell import actor, problems_told, shown
from portal.models import Alert
from portal.operators import alerts as operators


@command("alerts", example="flask alerts\nflask alerts --resolve 12")
@click.option("--empresa", metavar="EMP_…", help="Solo los de esta empresa.")
@click.option("--all", "settled", is_flag=True, help="También los resueltos.")
@click.option("--kinds", is_flag=True, help="Explica las clases de avisos que hay.")
@click.option("--resolve", "number", type=int, metavar="N", help="Da por resuelto el aviso N.")
@with_appcontext
def alerts(empresa: str | None, settled: bool, kinds: bool, number: int | None) -> None:
    """Muestra lo que necesita a una persona.

    Lo último primero, cada aviso con su número y lo que hay que hacer.
    """
    if kinds:
        click.echo("\n".join(f"{kind:<26}{kind.meaning}" for kind in AlertKind))
        return
    if number is not None:
        with problems_told():
            operators.resolve(actor(), number, empresa)
        click.echo(f"El aviso {number} quedó resuelto.")
        return
    found = operators.listing(empresa, resolved=settled)
    for alert in found:
        click.echo(_line(alert))
    if not found:
        click.echo("No hay avisos.")


def _line(alert: Alert) -> str:
    times = f" (×{alert.times})" if alert.times > 1 else ""
    settled = f" [resuelto {shown(alert.resolved_at)}]" if alert.resolved_at else ""
    about = f"{alert.company_id} {alert.kind} {alert.subject}"
    return f"{alert.id}  {shown(alert.last_at)}  {about}: {alert.message}{times}{settled}"
