"""Give the pass that a sale's page offers: at the press of a button, never to who opens pages."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.access.payment_pass.giving import give_pass
from portal.pages.addresses import page_url
from portal.pages.blueprint import blueprint
from portal.pages.outcome import bank_url
from portal.pages.payment_pass.offer import told_of
from portal.pages.rendering import page
from portal.pages.result import TO_THE_BANK, sale_of, visit_for
from portal.pages.shop import open_shop


@blueprint.post("/pago/<sale_id>/pase")
def take_pass(router_id: str, sale_id: str) -> BaseResponse:
    """Let the sale's device online to pay, and lead on to its bank where that waits.

    A page that leads on, since browsers follow no form's answer to another's address.
    """
    shop = open_shop(router_id, even_closed=True)
    sale_status = sale_of(router_id, sale_id)
    sale, visit = sale_status.sale, visit_for(shop, sale_status)
    offer = told_of(sale, give_pass(sale.id), shop.time_zone)
    at_bank = bank_url(sale) if "banco" in request.args else None
    if at_bank:
        told: dict[str, Any] = {"offer": offer, "sale_status": sale_status}
        return page("bank", shop, visit, bank_url=at_bank, seconds=TO_THE_BANK, **told)
    values = {} if offer.status.stands else {"pase": offer.status.answer}
    own = {"router_id": router_id, "sale_id": sale_id}
    return redirect(page_url("result", visit, **own, **values), 303)
