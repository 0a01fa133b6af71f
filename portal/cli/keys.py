"""Offer `flask keys …`: change the keys that secrets are encrypted with."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.operators import key_rotation


@click.group("keys")
def keys() -> None:
    """Las claves de ENCRYPTION_KEYS."""


@keys.command("reseal")
@with_appcontext
def reseal() -> None:
    """Vuelve a cifrar todo con la primera clave, para que las demás se puedan quitar."""
    done = key_rotation.reseal()
    click.echo(f"{done.count} secretos se volvieron a cifrar con la primera clave.")
    for row in done.unreadable:
        click.echo(f"{row}: ninguna de las claves lo abre.", err=True)
    for row in done.taken:
        click.echo(f"{row}: su nombre se vendió dos veces mientras cambiaba la clave.", err=True)
    if done.unreadable:
        raise click.ClickException("Ponga en ENCRYPTION_KEYS la clave que falta y repita la orden.")
    if done.taken:
        raise click.ClickException("Repita la orden cuando uno de los dos haya terminado.")
    click.echo("Las demás claves ya se pueden quitar de ENCRYPTION_KEYS.")
