"""Offer `flask wireguard …`: the server's side of the tunnel by which routers dial in."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask import render_template
from flask.cli import with_appcontext

from portal.access.dial_in.peers import peers, peers_text, write_peers
from portal.cli.command import group
from portal.cli.deploy.wireguard import tunnel_values
from portal.cli.shell import problems_told
from portal.models import DialIn
from portal.operators.dial_in.l2tp import l2tp_users
from portal.operators.dial_in.places import check_offered
from portal.ports import settings

PRIVATE = 0o600
UNWRITTEN = "No se pudo escribir en {}: {}. Ejecútelo como el usuario de Portal, o cree la carpeta."
OUT = click.option(
    "--out",
    metavar="ARCHIVO",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Donde queda, legible solo para su dueño; si no, se muestra.",
)


@group("wireguard", example="flask wireguard sync")
def wireguard() -> None:
    """Configura el túnel por el que entran los routers."""


@wireguard.command(
    "config",
    example=(
        "flask wireguard config --out wg-portal.conf\nflask wireguard config --l2tp --out l2tp.txt"
    ),
)
@OUT
@click.option("--l2tp", is_flag=True, help="Lo de routers con versión 6: L2TP con IPsec.")
@with_appcontext
def config(out: Path | None, l2tp: bool) -> None:
    """Escribe la configuración del servidor para wg-quick.

    La llave privada no está en ella: se lee del archivo que hizo el ayudante de root. Con --l2tp
    escribe los archivos de xl2tpd y strongSwan, que llevan las contraseñas de los routers.
    """
    with problems_told():
        check_offered(DialIn.L2TP if l2tp else DialIn.WIREGUARD)
    if l2tp:
        values = {"users": l2tp_users(), "secret": settings().l2tp_ipsec_secret}
        _give(render_template("deploy/l2tp.txt.j2", **tunnel_values(), **values), out)
    else:
        listed = peers_text(peers())
        _give(render_template("deploy/wg-quick.conf.j2", **tunnel_values(), peers=listed), out)


@wireguard.command("sync", example="flask wireguard sync")
@with_appcontext
def sync() -> None:
    """Escribe los routers del túnel para el ayudante de root.

    Dice qué cambió. El ayudante lo aplica sin cortar a los que ya están; aquí no hace falta root.
    """
    with problems_told():
        check_offered(DialIn.WIREGUARD)
    try:
        changes = write_peers()
    except OSError as error:
        said = UNWRITTEN.format(settings().wireguard_folder, error.strerror)
        raise click.ClickException(said) from None
    for sign, names in (("+", changes.added), ("-", changes.removed)):
        for name in names:
            click.echo(f"{sign} {name}")
    if not (changes.added or changes.removed):
        click.echo("Sin cambios.")


def _give(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text)
        return
    out.unlink(missing_ok=True)
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
