"""Offer `flask router add`: take a router in from the server's shell."""

from __future__ import annotations

import secrets
from typing import Any

import click
from flask.cli import with_appcontext
from marshmallow import ValidationError

from portal.cli.command import command
from portal.cli.shell import actor, problems_told
from portal.models import DialIn
from portal.operators import companies, routers
from portal.operators.dial_in.standing import findings_of, standing_of
from portal.web.fields import Text
from portal.web.operator_schemas.address_fields import HostField

API_SSL_PORT = 8729
PASSWORD_BYTES = 18
EITHER = "Indique --host con la dirección del router, o --tunel si es él quien entra."


@command(
    "add",
    example=(
        'flask router add --empresa "Café Ana" --nombre Patio --tunel wireguard\n'
        'flask router add --empresa "Café Ana" --nombre Patio --host 203.0.113.7'
    ),
)
@click.option("--empresa", metavar="NOMBRE", required=True, help="La empresa que vende en él.")
@click.option("--nombre", metavar="NOMBRE", required=True, help="Cómo lo llama la empresa.")
@click.option("--host", metavar="HOST", help="La dirección con la que este servidor llega a él.")
@click.option(
    "--tunel",
    type=click.Choice([kind.value for kind in DialIn]),
    metavar="wireguard|l2tp",
    help="Está detrás de otro equipo: entra él, por WireGuard (7.1 o posterior) o L2TP (6).",
)
@with_appcontext
def add(empresa: str, nombre: str, host: str | None, tunel: str | None) -> None:
    """Da de alta un router, con dirección o sin ella.

    Muestra su id y, esta única vez, la llave de sus páginas propias. Lo demás lo hace su kit.
    """
    if (host is None) == (tunel is None):
        raise click.ClickException(EITHER)
    values = {"name": _checked("nombre", Text(100), nombre), "dial_in": tunel}
    if host is not None:
        values["host"] = _checked("host", HostField(), host)
    with problems_told():
        # Nobody has to know it: the kit brings it to the router.
        values["password"] = secrets.token_urlsafe(PASSWORD_BYTES)
        made: dict[str, Any] = {"port": API_SSL_PORT, "tls": "verified", **values}
        router, minted = routers.create(actor(), companies.id_of(empresa), **made)
    click.echo(f"Router {router.id}; llave de sus páginas: {minted.token}")
    for finding in findings_of(standing_of(router)):
        click.echo(f"{finding.name}: {finding.found}")
    click.echo(f"Siga con: flask router kit {router.id} --out kit")


def _checked(name: str, field: Text, text: str) -> str:
    try:
        return str(field.deserialize(text))
    except ValidationError as error:
        raise click.ClickException(f"--{name} {next(iter(error.messages))}.") from None
