"""Offer `flask audit …`: see whether the trail is as it was written."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.cli.command import group
from portal.models.audit_entry import DEPLOYMENT
from portal.operators.trail.verification import ChainState, verify
from portal.web.trail_words import chain_fault

NAMES = {DEPLOYMENT: "instalación"}


@group("audit", example="flask audit verify")
def audit() -> None:
    """Revisa el registro de quién hizo qué."""


@audit.command("verify", example="flask audit verify\nflask audit verify --empresa EMP_0123456789")
@click.option("--empresa", metavar="EMP_…", help="Solo la cadena de esta empresa.")
@with_appcontext
def verify_chains(empresa: str | None) -> None:
    """Dice si el registro está completo y sin cambios.

    Cada empresa tiene su cadena, y otra la instalación. Anote en otro lugar la huella que se
    muestra: si un día ya no aparece en el historial exportado, alguien lo reescribió entero.
    """
    states = list(verify(empresa))
    for state in states:
        click.echo(_line(state))
    broken = sum(state.broken is not None for state in states)
    if broken:
        raise click.ClickException(f"Se rompe en {broken} de {len(states)} cadenas.")


def _line(state: ChainState) -> str:
    name = NAMES.get(state.chain, state.chain)
    if (fault := chain_fault(state)) is not None:
        return f"{name}: {fault}"
    return f"{name}: {state.entries} entradas, completa. Huella {state.digest or '(ninguna)'}"
