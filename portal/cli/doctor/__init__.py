"""Offer `flask doctor`: say what is wrong with an installation, all of it at once."""

from __future__ import annotations

import sys

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal.cli.command import command
from portal.cli.doctor import machine, outside, records, tunnel
from portal.cli.doctor.findings import BAD, UNKNOWN, Look, look_at

WELL = "La instalación está bien."
CLOSED = "Lo demás se mira cuando los ajustes sirvan."
ILL = "Arregle lo que está marcado con ✗, y repita la orden."
ILL_SIGNS = (BAD, UNKNOWN)
USABLE: tuple[tuple[str, Look], ...] = (
    ("Los ajustes", machine.usable_settings),
    ("Los archivos", machine.files),
    ("El disco", machine.disks),
    ("La base de datos", records.database),
    ("La dirección pública", outside.public_address),
    ("La pasarela de pago", outside.gateways),
    ("El correo", outside.mail),
    ("El Redis", outside.counts),
    ("El túnel", tunnel.tunnel),
)
UNUSABLE: tuple[tuple[str, Look], ...] = (
    ("Los ajustes", machine.unusable_settings),
    ("El disco", machine.disks),
)


@command("doctor", example="flask doctor", anywhere=True)
@with_appcontext
def doctor() -> None:
    """Dice qué anda mal en esta instalación y cómo arreglarlo.

    Mira ajustes, archivos, disco, base de datos, relojes, worker y proxy, y pregunta solo a lo que
    esté configurado: la propia dirección pública, la pasarela, el correo y Redis. No cambia nada.
    Marca con ✗ lo que está mal, y termina entonces con 1; con · lo que puede mejorar.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    unusable = "unusable" in app.extensions
    ill = False
    for finding in look_at(app, UNUSABLE if unusable else USABLE):
        ill = ill or finding.sign in ILL_SIGNS
        click.echo(f"{finding.sign} {finding.said}")
        if finding.advice:
            click.echo(f"  → {finding.advice}")
    click.echo(CLOSED if unusable else ILL if ill else WELL)
    sys.exit(1 if ill else 0)
