"""Tell a custom portal of a deferred payment of which less came than its price."""

from __future__ import annotations

from portal.core.formatting import exact_price
from portal.models import Sale
from portal.sales.deferred.part_payment import part_received, part_went_back

PART = (
    "Llegaron {} de {}. No pague lo que falta: quien vende ya lo sabe, y lo arregla con usted o le "
    "devuelve el dinero."
)
PART_RETURNED = "Llegaron {} de {}, que no completaban la compra, y quien vende se los devolvió."


def part_sentence(sale: Sale) -> str | None:
    """Say how much came and where it is; None where no part of the price came."""
    came = part_received(sale)
    if not came:
        return None
    said = PART_RETURNED if part_went_back(sale) else PART
    return said.format(exact_price(came, sale.currency), exact_price(sale.amount, sale.currency))
