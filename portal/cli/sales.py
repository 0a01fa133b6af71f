"""Offer `flask sales …`: look at sales one by one, and put right what needs a person."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import click
from flask.cli import with_appcontext

from portal.cli import comparison
from portal.cli.command import group
from portal.cli.shell import MOMENT, actor, placed, problems_told
from portal.cli.story import story
from portal.models.sale_states import SaleState
from portal.operators import companies, refunds, transactions
from portal.sales.gateway_comparison import Compared, Unread, comparable_companies, compare

SALE = click.argument("sale_id", metavar="ID")
PENDING = "La pasarela no ha confirmado la devolución: el trabajador la termina. No la repita."


@group("sales", example="flask sales show sal_1a2b3c4d")
def sales() -> None:
    """Muestra ventas, las devuelve y las compara."""


@sales.command("show", example="flask sales show sal_1a2b3c4d")
@SALE
@with_appcontext
def show(sale_id: str) -> None:
    """Cuenta la historia de una venta.

    El ID puede ser su comienzo, como está en los registros.
    """
    with problems_told():
        told = transactions.get(*refunds.find(sale_id))
    for line in story(told):
        click.echo(line)


@sales.command("refund", example='flask sales refund sal_1a2b3c4d --motivo "No pudo conectarse"')
@SALE
@click.option("--motivo", metavar="TEXTO", required=True, help="Queda en la historia de la venta.")
@click.option("--a-mano", is_flag=True, help="Solo lo anota: el dinero ya se devolvió por fuera.")
@with_appcontext
def refund(sale_id: str, motivo: str, a_mano: bool) -> None:
    """Devuelve un pago completo y cierra su acceso.

    Repetirlo no devuelve dos veces. Lo que la pasarela no devuelve (SPEI, efectivo, o un pago que
    no alcanzó) devuélvalo usted, y anótelo con --a-mano.
    """
    if not 0 < len(motivo.strip()) <= 200:
        raise click.ClickException("El motivo debe tener entre 1 y 200 caracteres.")
    if a_mano:
        _book_return(sale_id, motivo.strip())
        return
    with problems_told():
        told = refunds.refund(actor(), *refunds.find(sale_id), motivo.strip())
    done = told.sale.state == SaleState.REFUNDED
    click.echo(f"La venta {told.sale.id} quedó devuelta." if done else PENDING)


def _book_return(sale_id: str, reason: str) -> None:
    with problems_told():
        told = refunds.book_return(actor(), *refunds.find(sale_id), reason)
    click.echo(f"Quedó anotado que se devolvió el dinero de la venta {told.sale.id}.")


@sales.command("unpark", example="flask sales unpark sal_1a2b3c4d")
@SALE
@with_appcontext
def unpark(sale_id: str) -> None:
    """Deja que el trabajador siga con una venta que esperaba."""
    with problems_told():
        told = refunds.unpark(actor(), *refunds.find(sale_id))
    click.echo(f"El trabajador atiende ahora la venta {told.sale.id}.")


@sales.command("compare", example="flask sales compare --since 2026-01-31")
@click.option(
    "--since",
    type=MOMENT,
    metavar="FECHA",
    required=True,
    help="Desde cuándo: 2026-01-31 o 2026-01-31T18:30.",
)
@click.option("--empresa", metavar="EMP_…", help="Solo esta; si no, todas.")
@with_appcontext
def compare_with_gateway(since: datetime, empresa: str | None) -> None:
    """Pone cada venta junto a su orden en la pasarela.

    Solo lee, y termina con 1 si algo difiere. Lo que se estaba atendiendo mientras tanto (…)
    no se juzga.
    """
    with problems_told():
        wanted = [companies.get(empresa).id] if empresa else comparable_companies()
    pairs = (pair for company in wanted for pair in compare(company, placed(since)))
    counted = Counter(map(_tell, pairs))
    click.echo(
        f"Iguales: {counted[comparison.EQUAL]}. Diferentes: {counted[comparison.DIFFERENT]}. "
        f"En curso: {counted[comparison.UNDER_WAY]}."
    )
    if counted[comparison.DIFFERENT] or counted["?"]:
        raise SystemExit(1)


def _tell(found: Compared | Unread) -> str:
    """Show it; the mark that it begins with."""
    text = comparison.unread(found) if isinstance(found, Unread) else comparison.line(found)
    click.echo(text)
    return text[0]
