"""Offer `flask deploy wireguard`: root's helper that keeps the tunnel, and its units."""

from __future__ import annotations

import getpass
from typing import Any

import click
from flask import render_template
from flask.cli import with_appcontext

from portal.access.dial_in.peers import PEERS_FILE
from portal.access.radius.routers import all_ports
from portal.cli.command import command
from portal.cli.deploy.units import USER
from portal.cli.shell import problems_told
from portal.operators.dial_in.places import network, own_address
from portal.ports import settings

KINDS = ("helper", "service", "path", "timer")
TEMPLATES = {
    "helper": "deploy/portal-wireguard.sh.j2",
    "service": "deploy/portal-wireguard.service.j2",
    "path": "deploy/portal-wireguard.path.j2",
    "timer": "deploy/portal-wireguard.timer.j2",
}


@command(
    "wireguard",
    example="flask deploy wireguard helper > /usr/local/sbin/portal-wireguard",
    anywhere=True,
)
@click.argument("kind", type=click.Choice(KINDS), metavar="helper|service|path|timer")
@click.option("--user", metavar="USUARIO", help="Quien ejecuta Portal; por omisión, usted.")
@with_appcontext
def wireguard(kind: str, user: str | None) -> None:
    """Escribe el ayudante de root del túnel, y sus unidades.

    Hace la llave privada en /etc/wireguard, levanta la interfaz y aplica la lista de routers sin
    cortar a los que ya están. Es lo único que necesita root.
    """
    typing = getpass.getuser()
    chosen = user or (USER if typing == "root" else typing)
    with problems_told():
        click.echo(render_template(TEMPLATES[kind], **tunnel_values(), user=chosen))


def tunnel_values() -> dict[str, Any]:
    """Give what the files of the tunnel are filled in with."""
    here = settings()
    return {
        "interface": here.wireguard_interface,
        "port": here.wireguard_port,
        "address": f"{own_address()}/{network().prefixlen}",
        "ours": str(own_address()),
        "radius_ports": ", ".join(map(str, all_ports())),
        "subnet": here.wireguard_subnet,
        "endpoint": here.wireguard_endpoint,
        "key": f"/etc/wireguard/{here.wireguard_interface}.key",
        "peers_file": f"{here.wireguard_folder}/{PEERS_FILE}",
        "folder": here.wireguard_folder,
        "status": here.wireguard_status,
    }
