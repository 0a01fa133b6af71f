"""Tell a custom portal of a deferred payment of which less came than its price."""

from __future__ import annotations

from portal.core.formatting import exact_price
from portal.models import Sale
from portal.sales.deferred.part_payment import part_held, part_returned

PART = (
    "Llegaron {} de {}. No pague lo que falta: quien vende ya lo sabe, y lo arregla con usted o le "
    "devuelve el dinero."
)
PART_RETURNED = "Llegaron {} de {}, que no completaban la compra, y quien vende se los devolvió."


def part_sentence(sale: Sale) -> str | None:
    """Say how much came and where it is; None where no part of the price came."""
    held, returned = part_held(sale), part_returned(sale)
    if not (held or returned):
        return None
    said = PART if held else PART_RETURNED
    amounts = (held or returned, sale.amount)
    return said.format(*(exact_price(amount, sale.currency) for amount in amounts))
