"""Offer `flask webhooks …`: have the gateways tell us by themselves what happens."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.cli.command import group
from portal.cli.shell import actor
from portal.core.errors import Problem
from portal.operators import webhook_registration as operators

NOBODY = "Todavía no vende nadie: ponga antes las llaves de la pasarela de una empresa."


@group("webhooks", example="flask webhooks register")
def webhooks() -> None:
    """Pide a la pasarela de pago que avise de lo que pasa."""


@webhooks.command(
    "register", example="flask webhooks register\nflask webhooks register --nueva-llave"
)
@click.option("--empresa", metavar="EMP_…", help="Solo esta; si no, todas las que venden.")
@click.option("--nueva-llave", is_flag=True, help="Firma con una llave nueva aunque ya haya una.")
@with_appcontext
def register(empresa: str | None, nueva_llave: bool) -> None:
    """Registra la dirección a la que la pasarela avisa.

    La dirección es de PUBLIC_URL; guarda también la llave que firma los avisos.
    """
    failed, accounts = 0, _accounts(empresa)
    if not accounts:
        click.echo(NOBODY)
    for company, provider in accounts:
        if (told := operators.told_by_hand(company, provider)) is not None:
            click.echo(f"{company}: {told}")
            continue
        try:
            done = operators.register(actor(), company, provider, renew=nueva_llave)
        except Problem as problem:
            click.echo(f"{company}: {problem.detail}", err=True)
            failed += 1
        else:
            signed = "con una llave nueva" if done.new_key else "con la llave de antes"
            click.echo(f"{company}: {done.url} registrada, firmada {signed}.")
    if failed:
        raise click.ClickException(f"No se pudo registrar {failed}.")


def _accounts(company: str | None) -> list[tuple[str, str | None]]:
    """List what to register; a company without keys too, so that it is told what is missing."""
    every = operators.selling_accounts()
    if company is None:
        return [*every]
    return [found for found in every if found[0] == company] or [(company, None)]
