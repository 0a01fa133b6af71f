"""Offer `flask keys …`: change the keys that secrets are encrypted with."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.cli.command import group
from portal.operators import key_rotation


@group("keys", example="flask keys reseal")
def keys() -> None:
    """Cambia las claves con las que se cifran los secretos."""


@keys.command("reseal", example="flask keys reseal")
@with_appcontext
def reseal() -> None:
    """Vuelve a cifrar todo con la primera clave.

    Después se pueden quitar las demás de ENCRYPTION_KEYS.
    """
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
