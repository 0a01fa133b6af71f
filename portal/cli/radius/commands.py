"""Offer `flask radius …`: the files of the RADIUS server, its role, and a test access."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.access.radius.keys import radius_keys
from portal.cli.command import group
from portal.cli.radius.key import ROLE_OPTION, key
from portal.cli.radius.texts import said
from portal.cli.shell import problems_told
from portal.hotspot.setup.radius_server.installation import FOLDER, NEXT
from portal.hotspot.setup.radius_server.kit import RadSec
from portal.hotspot.setup.radius_server.version import OLDEST, Version, installed, read
from portal.operators.radius.check import Checked, check_all
from portal.operators.radius.kit import KitWishes, server_kit
from portal.operators.radius.role import make_roles

PRIVATE_FILE, PRIVATE_FOLDER = 0o640, 0o750
RADSEC_PORT = 2083
NEW_KEY, OLD_KEY = " (clave nueva)", " (clave anterior)"
NOT_FOUND = "En esta máquina no está el servidor RADIUS: los archivos son para la versión {}."


class _VersionWord(click.ParamType[Version]):
    name = "versión"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Version:
        """Read `3.2.1`."""
        found = read(value) if isinstance(value, str) else None
        if found is None or not found.is_served:
            self.fail("Los archivos son para las versiones 3.2, como 3.2.1.", param, ctx)
        return found


@group("radius", example="flask radius kit --out radius")
def radius() -> None:
    """Prepara el servidor RADIUS y lo prueba."""


radius.add_command(key)


@radius.command("setup", example="flask radius setup")
@ROLE_OPTION
@with_appcontext
@problems_told()
def setup(role: str) -> None:
    """Da al servidor RADIUS su rol en PostgreSQL.

    El rol llama a tres funciones y no lee ninguna tabla. Se puede repetir.
    """
    make_roles(radius_keys(), role)
    click.echo(f"El rol «{role}» está listo: puede llamar a tres funciones y no lee tablas.")


@radius.command(
    "kit",
    example=(
        "flask radius kit --out radius\n"
        "flask radius kit --out radius --for 3.2.5 --database-host 192.0.2.5"
    ),
)
@click.option(
    "--out",
    metavar="CARPETA",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Donde se escriben los archivos.",
)
@click.option(
    "--for",
    "version",
    type=_VersionWord(),
    metavar="VERSIÓN",
    help="La del servidor; por omisión, la que hay en esta máquina.",
)
@click.option(
    "--folder", metavar="RUTA", default=FOLDER, help="Donde quedarán en el servidor RADIUS."
)
@click.option("--listen", metavar="IP", default="*", help="Dirección en la que contesta.")
@click.option(
    "--database-host", metavar="IP", help="Donde el servidor encuentra PostgreSQL, si es otra."
)
@click.option("--only-known", is_flag=True, help="Solo contesta a routers que vienen por el túnel.")
@click.option(
    "--radsec",
    metavar="CARPETA",
    help="Contesta también por TLS (2083), con cert.pem, key.pem y ca.pem de esa carpeta.",
)
@ROLE_OPTION
@with_appcontext
@problems_told()
def kit(out: Path, version: Version | None, radsec: str | None, **wishes: object) -> None:
    """Escribe los archivos del servidor RADIUS.

    Sirven para dos servidores iguales: los routers preguntan al segundo cuando el primero calla.
    """
    found = version or installed()
    if found is None or not found.is_served:
        click.echo(NOT_FOUND.format(OLDEST), err=True)
        found = OLDEST
    files = server_kit(_wishes(found, _tls(radsec), **wishes)).files()
    _write(out, files)
    click.echo(NEXT.format(count=len(files), version=found, folder=wishes["folder"], out=out))


def _tls(folder: str | None) -> RadSec | None:
    if folder is None:
        return None
    return RadSec(RADSEC_PORT, f"{folder}/cert.pem", f"{folder}/key.pem", f"{folder}/ca.pem")


def _wishes(version: Version, radsec: RadSec | None, **values: object) -> KitWishes:
    values["address"] = values.pop("listen")
    return KitWishes(version=version, radsec=radsec, **values)  # type: ignore[arg-type]


def _write(out: Path, files: dict[str, str]) -> None:
    out.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    for name, text in files.items():
        file = out / name
        # Never readable by others, not even for a moment.
        file.touch(mode=PRIVATE_FILE)
        file.chmod(PRIVATE_FILE)
        file.write_text(text, encoding="utf-8")


@radius.command("check", example="flask radius check\nflask radius check --router RTR_1A2B3C4D")
@click.option("--router", "router_id", metavar="RTR_…", help="Como qué router se pregunta.")
@ROLE_OPTION
@with_appcontext
@problems_told()
def check(router_id: str | None, role: str) -> None:
    """Prueba un acceso por el servidor RADIUS.

    Pregunta como un router, a cada servidor de RADIUS_SERVERS, y dice qué falta y qué hacer.
    """
    failed = 0
    for checked in check_all(router_id, role):
        click.echo(f"{'✗' if checked.faults else '✓'} {checked.place}{_of_key(checked)}")
        for found in checked.faults:
            click.echo(f"  {said(found)}")
        failed += bool(checked.faults)
    if failed:
        raise click.ClickException("Corrija lo anterior y repita la orden.")


def _of_key(checked: Checked) -> str:
    """Name the key that a server was asked with, where there are two."""
    keys = radius_keys()
    if checked.key_id is None or len(keys.all) == 1:
        return ""
    return NEW_KEY if checked.key_id == keys.newest.id else OLD_KEY
