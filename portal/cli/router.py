"""Offer `flask router …`: set a MikroTik up, and check whether it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.cli.command import group
from portal.cli.shell import problems_told
from portal.core.errors import Problem, Unavailable
from portal.hotspot.setup import Finding, State
from portal.operators import router_setup, routers
from portal.operators.dial_in.standing import findings_of, standing_of
from portal.operators.public_address import check_public_address
from portal.operators.router_setup import SetupFiles

PRIVATE = 0o600
SIGNS = {State.OK: "✓", State.MISSING: "✗", State.UNKNOWN: "?", State.ADVICE: "·"}
MEANINGS = {
    State.UNKNOWN: "es lo que el router no deja leer.",
    State.ADVICE: "es lo que funciona así y puede mejorar.",
}
UNSEEN = (
    "No se pudo mirar el router: si otro hotspot usa la misma carpeta de páginas, el guion se "
    "detiene antes de cambiar nada."
)
ROUTER = click.argument("router_id", metavar="RTR_…")
SERVER = click.option(
    "--hotspot", metavar="NOMBRE", help="El hotspot, si no son todos los del router."
)


@group("router", example="flask router check RTR_1A2B3C4D")
def router() -> None:
    """Prepara un router MikroTik, lo comprueba y lo repone."""


@router.command(
    "kit",
    example=(
        "flask router kit RTR_1A2B3C4D --out kit\n"
        "flask router kit RTR_1A2B3C4D --from 203.0.113.7 --from 2001:db8::/64"
    ),
)
@ROUTER
@click.option(
    "--out",
    metavar="CARPETA",
    type=click.Path(file_okay=False, path_type=Path),
    help="Donde quedan los archivos; si no, portal-RTR_… en la actual.",
)
@click.option("--undo", is_flag=True, help="Solo el guion que deshace.")
@click.option(
    "--from",
    "allowed_from",
    multiple=True,
    metavar="IP",
    help="Dirección o red con la que este servidor llega al router. Se puede repetir.",
)
@click.option(
    "--replace-shared",
    is_flag=True,
    help="El guion reemplaza también las páginas que otro hotspot toma de la misma carpeta.",
)
@click.option(
    "--certificate",
    metavar="NOMBRE",
    help="Certificado del router para api-ssl; si no, el guion crea uno.",
)
@click.option(
    "--radsec",
    metavar="NOMBRE",
    help="Pregunta a RADIUS por TLS (2083), con este certificado del router.",
)
@SERVER
@with_appcontext
def write_kit(
    router_id: str,
    out: Path | None,
    undo: bool,
    allowed_from: tuple[str, ...],
    certificate: str | None,
    hotspot: str | None,
    replace_shared: bool,
    radsec: str | None,
) -> None:
    """Escribe el guion que prepara un router, y sus páginas.

    Uno de los archivos contiene la contraseña del router: solo su dueño los puede leer.
    """
    with problems_told():
        check_public_address()
        made = router_setup.setup_files(
            router_setup.company_of(router_id),
            router_id,
            allowed_from=allowed_from,
            server=hotspot,
            certificate=certificate,
            replace_shared=replace_shared,
            radsec=radsec,
        )
    _warn_of_shared_folders(router_id, hotspot)
    folder = out or Path(f"portal-{router_id}")
    if undo:
        _write_undo(folder, made)
    else:
        _write_setup(folder, made, router_id)


def _write_undo(folder: Path, made: SetupFiles) -> None:
    _write(folder, {made.undo_name: made.undo})
    click.echo(f"Suba {folder / made.undo_name} al router y en su terminal:")
    click.echo(f"  /import file-name={made.undo_name}")


def _write_setup(folder: Path, made: SetupFiles, router_id: str) -> None:
    _write(folder, {made.script_name: made.script})
    _write(folder / "hotspot", made.pages)
    click.echo(f"1. Suba {folder / made.script_name} al router (contiene su contraseña).")
    click.echo(f"2. En su terminal: /import file-name={made.script_name}")
    click.echo(f"3. Aquí: flask router check {router_id}")


@router.command("check", example="flask router check RTR_1A2B3C4D")
@ROUTER
@SERVER
@with_appcontext
def check(router_id: str, hotspot: str | None) -> None:
    """Comprueba en el router cada punto que hace falta.

    Debajo de lo que falta está la línea que lo arregla; entonces termina con 1.
    """
    with problems_told():
        company_id = router_setup.company_of(router_id)
        try:
            findings = router_setup.check_router(company_id, router_id, hotspot)
        except Unavailable:
            for finding in findings_of(standing_of(routers.get(company_id, router_id))):
                _show(finding)
            raise
    for finding in findings:
        _show(finding)
    for state, meaning in MEANINGS.items():
        if any(finding.state is state for finding in findings):
            click.echo(f"{SIGNS[state]} {meaning}")
    missing = sum(finding.state is State.MISSING for finding in findings)
    if missing:
        raise click.ClickException(f"Faltan {missing} de {len(findings)} puntos.")
    click.echo("El router está listo.")


def _warn_of_shared_folders(router_id: str, hotspot: str | None) -> None:
    """Before anything is replaced; the script looks again by itself."""
    try:
        found = router_setup.shared_folders(router_setup.company_of(router_id), router_id, hotspot)
    except Problem:
        click.echo(UNSEEN, err=True)
        return
    for finding in found:
        click.echo(f"Atención. {finding.name}: {finding.found}", err=True)
        click.echo(f"    {finding.mend}", err=True)


def _show(finding: Finding) -> None:
    click.echo(f"{SIGNS[finding.state]} {finding.name}: {finding.found}")
    if finding.mend:
        click.echo(f"    {finding.mend}")


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files that only their owner may read: one of them holds a password."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in files.items():
        path = folder / name
        # A file that stood there before keeps its mode when it is opened anew.
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
