"""Offer `flask gateway …`: try a company's test account out at its gateway."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.cli.command import group
from portal.cli.shell import problems_told
from portal.operators import gateway_probe
from portal.payments.currencies import CURRENCIES
from portal.payments.probe import ProbeFinding, ProbeQuestion
from portal.payments.trial_cards import TrialCard

QUESTIONS = {
    ProbeQuestion.KEY: "la llave es de prueba y abre una orden",
    ProbeQuestion.OPEN: "una orden sin cobro queda abierta",
    ProbeQuestion.FIND: "la orden se encuentra por nuestra referencia",
    ProbeQuestion.CHARGE: "una tarjeta buena paga",
    ProbeQuestion.CHARGE_AGAIN: "un segundo cobro de la misma orden no mueve nada",
    ProbeQuestion.LOOK_UP_PAID: "después de los dos, la orden sigue pagada por su importe",
    ProbeQuestion.REFUND: "la devolución es de todo el importe",
    ProbeQuestion.REFUND_AGAIN: "pedirla otra vez no devuelve de nuevo",
    ProbeQuestion.DECLINED: "una tarjeta declinada no paga",
    ProbeQuestion.NO_FUNDS: "sin fondos, dice que es por eso",
    ProbeQuestion.CANCEL_DECLINED: "la orden declinada se cierra",
    ProbeQuestion.CHALLENGE: "un cobro posterior a la orden pide 3DS",
    ProbeQuestion.CANCEL_OPEN: "una orden abierta se cancela",
    ProbeQuestion.CHARGE_CANCELED: "una orden cancelada no se cobra",
    ProbeQuestion.TRANSFER: "SPEI: dice a qué CLABE se paga",
    ProbeQuestion.TRANSFER_AGAIN: "SPEI: pedida otra vez, da la misma CLABE",
    ProbeQuestion.LOOK_UP_TRANSFER: "SPEI: la orden la dice también después",
    ProbeQuestion.CANCEL_TRANSFER: "SPEI: una orden que espera se cancela",
    ProbeQuestion.CASH: "efectivo: dice con qué referencias se paga",
    ProbeQuestion.CASH_AGAIN: "efectivo: pedidas otra vez, da las mismas",
    ProbeQuestion.LOOK_UP_CASH: "efectivo: la orden las dice también después",
    ProbeQuestion.CANCEL_CASH: "efectivo: una orden que espera se cancela",
}
MARKS = {True: "sí", False: "NO", None: "–"}


@group("gateway", example="flask gateway probe --empresa EMP_0123456789")
def gateway() -> None:
    """Prueba la cuenta de una empresa en su pasarela."""


def _cards(context: click.Context, param: click.Parameter, told: tuple[str, ...]) -> object:
    """Read `challenge=tok_…`."""
    cards = {}
    for each in told:
        name, _, token = each.partition("=")
        if name not in set(TrialCard) or not token:
            known = ", ".join(TrialCard)
            raise click.BadParameter(f"escriba TARJETA=TOKEN; las tarjetas son {known}.")
        cards[TrialCard(name)] = token
    return cards


@gateway.command(
    "probe",
    example="flask gateway probe --empresa EMP_0123456789\n"
    "flask gateway probe --empresa EMP_0123456789 --tarjeta challenge=tok_2x9",
)
@click.option("--empresa", metavar="EMP_…", required=True, help="De quién son las llaves.")
@click.option("--pasarela", metavar="NOMBRE", help="Cuál, si la empresa tiene varias.")
@click.option(
    "--moneda",
    metavar="MONEDA",
    type=click.Choice(sorted(CURRENCIES)),
    default="MXN",
    help="En la que se cobra.",
)
@click.option(
    "--tarjeta",
    "cards",
    multiple=True,
    callback=_cards,
    metavar="TARJETA=TOKEN",
    help="Token de una tarjeta de prueba; se puede repetir.",
)
@with_appcontext
def probe(empresa: str, pasarela: str | None, moneda: str, cards: dict[TrialCard, str]) -> None:
    """Prueba una cuenta de prueba como lo haría una venta.

    Abre órdenes, las cobra con tarjetas de prueba, las devuelve y las cancela, y escribe una tabla
    para enviarla. Con una llave real no pregunta nada más.
    """
    failed = 0
    with problems_told():
        for finding in gateway_probe.findings(empresa, pasarela, moneda, cards):
            click.echo(_line(finding))
            failed += finding.passed is False
    if failed:
        raise click.ClickException(f"{failed} respuestas no son las que una venta espera.")


def _line(finding: ProbeFinding) -> str:
    mark, question = MARKS[finding.passed], QUESTIONS[finding.question]
    return f"{mark:<3} {question:<58} {finding.said:<30} {finding.seconds * 1000:7.0f} ms"
