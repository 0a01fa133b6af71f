"""Offer `flask router add` and `delivery`: take a router in, and say by what it is served."""

from __future__ import annotations

import secrets
from typing import Any

import click
from flask.cli import with_appcontext
from marshmallow import ValidationError

from portal.access.radius.routers import has_own_secret
from portal.cli.command import command
from portal.cli.router import ROUTER
from portal.cli.shell import actor, problems_told
from portal.models import DialIn
from portal.models.router import Delivery
from portal.operators import companies, router_setup, routers
from portal.operators.dial_in.standing import findings_of, standing_of
from portal.web.fields import Text
from portal.web.operator_schemas.address_fields import HostField

API_SSL_PORT = 8729
PASSWORD_BYTES = 18
KIT_AGAIN = (
    "Tiene un secreto de RADIUS propio: escriba otra vez los archivos del servidor RADIUS con "
    "«flask radius kit» y reinícielo."
)
EITHER = "Indique --host con la dirección del router, o --tunel si es él quien entra."


@command(
    "add",
    example=(
        'flask router add --empresa "Café Ana" --nombre Patio --tunel wireguard\n'
        'flask router add --empresa "Café Ana" --nombre Patio --host 203.0.113.7\n'
        'flask router add --empresa "Café Ana" --nombre Patio --entrega radius'
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
@click.option(
    "--entrega",
    type=click.Choice([each.value for each in Delivery]),
    metavar="api|radius",
    default=Delivery.API.value,
    help="Con radius pregunta él en cada entrada, y no hace falta llegar a él.",
)
@with_appcontext
def add(empresa: str, nombre: str, host: str | None, tunel: str | None, entrega: str) -> None:
    """Da de alta un router, con dirección o sin ella.

    Muestra su id y, esta única vez, la llave de sus páginas propias. Lo demás lo hace su kit.
    """
    if (host is None) == (tunel is None) and (host or entrega != Delivery.RADIUS):
        raise click.ClickException(EITHER)
    values = {"name": _checked("nombre", Text(100), nombre), "dial_in": tunel}
    values["delivery"] = entrega
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
    _tell_of_secret(router.id)
    click.echo(f"Siga con: flask router kit {router.id} --out kit")


@command("delivery", example="flask router delivery RTR_1A2B3C4D radius")
@ROUTER
@click.argument(
    "entrega", type=click.Choice([each.value for each in Delivery]), metavar="api|radius"
)
@with_appcontext
def delivery(router_id: str, entrega: str) -> None:
    """Cambia si un router se atiende por la API o por RADIUS.

    Solo mientras no tenga accesos vigentes: se siguen atendiendo como se vendieron.
    """
    with problems_told():
        company_id = router_setup.company_of(router_id)
        routers.update(actor(), company_id, router_id, delivery=entrega)
    _tell_of_secret(router_id)
    click.echo(f"El router {router_id} se atiende por {entrega}. Ejecute en él su kit nuevo:")
    click.echo(f"flask router kit {router_id} --out kit")


def _tell_of_secret(router_id: str) -> None:
    if has_own_secret(router_id):
        click.echo(KIT_AGAIN)


def _checked(name: str, field: Text, text: str) -> str:
    try:
        return str(field.deserialize(text))
    except ValidationError as error:
        raise click.ClickException(f"--{name} {next(iter(error.messages))}.") from None
