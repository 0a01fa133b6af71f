"""Tell a page that waits how its sale stands: the order decides, whatever a frame said."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from portal.models.sale_states import SaleState
from portal.pages.addresses import page_url
from portal.pages.blueprint import blueprint
from portal.pages.checkout.reachability import note_reachable, note_unreachable
from portal.pages.result import look_again, sale_of, visit_for
from portal.pages.shop import open_shop
from portal.sales.deferred.part_payment import part_held
from portal.sales.purchase import PublicState


@blueprint.route("/pago/<sale_id>/estado", methods=["GET", "POST"])
def sale_standing(router_id: str, sale_id: str) -> dict[str, Any]:
    """Tell where the sale goes on; nowhere else while it is not decided.

    A POST follows what the gateway's frame said, or a customer who comes back to the page, so the
    gateway is asked first.
    """
    shop = open_shop(router_id, even_closed=True)
    sale_status = sale_of(router_id, sale_id)
    if request.method == "POST":
        sale_status = look_again(sale_status)
    # What a page says proves nothing: an alert that anybody can close can be raised without end.
    if sale_status.sale.checkout_id is not None and sale_status.sale.paid_at is not None:
        note_reachable(shop)
    # Where too little came, nobody is shown any longer where to pay.
    is_part = part_held(sale_status.sale) > 0
    waits = sale_status.public_state == PublicState.PENDING and not is_part
    visit = visit_for(shop, sale_status)
    onward = page_url("result", visit, router_id=router_id, sale_id=sale_id)
    return {"ir": None if waits else onward}


@blueprint.post("/pago/<sale_id>/sin-formulario")
def report_frame_unreachable(router_id: str, sale_id: str) -> Response:
    """Note what a page of ours says: that the frame did not open in time."""
    shop = open_shop(router_id, even_closed=True)
    sale = sale_of(router_id, sale_id).sale
    if sale.checkout_id is not None and sale.state == SaleState.PENDING:
        note_unreachable(shop)
    return Response(status=204)
