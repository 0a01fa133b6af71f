"""Offer `flask webhooks …`: have the gateways tell us by themselves what happens."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.cli.shell import actor
from portal.core.errors import Problem
from portal.operators import webhook_registration as operators


@click.group("webhooks")
def webhooks() -> None:
    """Los avisos con los que la pasarela de pago cuenta qué pasó."""


@webhooks.command("register")
@click.option("--empresa", metavar="EMP_…", help="Solo esta; por omisión, todas las que venden.")
@click.option("--nueva-llave", is_flag=True, help="Firma con una llave nueva aunque ya haya una.")
@with_appcontext
def register(empresa: str | None, nueva_llave: bool) -> None:
    """Registra en la pasarela de pago la dirección de avisos y guarda la llave que los firma."""
    failed = 0
    for company, provider in _accounts(empresa):
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
