"""Cancel for a customer who wants another try while a payment is not decided."""

from __future__ import annotations

from contextlib import suppress

from flask import redirect
from werkzeug.wrappers import Response as BaseResponse

from portal.core.leases import LostRace
from portal.pages.addresses import page_url
from portal.pages.blueprint import blueprint
from portal.pages.result import sale_of, visit_for
from portal.pages.shop import open_shop, visit_of
from portal.pages.visits.proof import proven
from portal.sales.customer_cancel import cancel_for_customer


@blueprint.post("/pago/<sale_id>/cancelar")
def cancel(router_id: str, sale_id: str) -> BaseResponse:
    """Ask for it on the sale's own page."""
    shop = open_shop(router_id, even_closed=True)
    standing = sale_of(router_id, sale_id)
    values = {"router_id": router_id, "sale_id": sale_id} | _give_up(sale_id)
    return redirect(page_url("result", visit_for(shop, standing), **values), 303)


@blueprint.post("/cancelar")
def give_up_device(router_id: str) -> BaseResponse:
    """Ask for it in the visit that paid, which may have left the sale's page."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    sale = proven(visit).sale
    values = {"router_id": router_id} | (_give_up(sale.id) if sale else {})
    return redirect(page_url("plans", visit, **values), 303)


def _give_up(sale_id: str) -> dict[str, str]:
    """What the next page has to say: nothing where it is certain that nothing is owed."""
    certain = False
    with suppress(LostRace):
        certain = cancel_for_customer(sale_id)
    return {} if certain else {"aviso": "espere"}
