"""Give the picture of a cash reference, for whoever keeps it on the phone."""

from __future__ import annotations

from flask import Response

from portal.core.errors import NotFound
from portal.pages.blueprint import blueprint
from portal.pages.deferred.instructions_page import content_of, instructions_of, lines_of
from portal.pages.deferred.ticket import ticket
from portal.pages.result import sale_of
from portal.pages.shop import open_shop
from portal.payments.methods import CashInstructions


class NoReference(NotFound):
    detail = "Esta referencia ya no se puede pagar."


@blueprint.get("/pago/<sale_id>/referencia-<int:number>.png")
def reference_picture(router_id: str, sale_id: str, number: int) -> Response:
    """Draw the reference of this number, from 0, while it can be paid. Raises NoReference."""
    shop = open_shop(router_id, even_closed=True)
    sale = sale_of(router_id, sale_id).sale
    found = instructions_of(sale)
    if not isinstance(found, CashInstructions) or number >= len(found.references):
        raise NoReference
    reference = found.references[number]
    drawn = ticket(lines_of(shop, sale, reference), reference.reference, content_of(reference))
    name = f'inline; filename="referencia-{reference.reference[-4:]}.png"'
    return Response(drawn, mimetype="image/png", headers={"Content-Disposition": name})
