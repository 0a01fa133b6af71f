"""Lead a buyer to where the invoice of a purchase is made."""

from __future__ import annotations

from flask import redirect
from werkzeug.wrappers import Response as BaseResponse

from portal.pages.blueprint import blueprint
from portal.pages.result import SaleNotFound, sale_of, visit_for
from portal.pages.shop import open_shop
from portal.pages.visits.proof import may_see_access
from portal.sales.invoicing.receipt import invoice_address


@blueprint.post("/pago/<sale_id>/factura")
def make_invoice(router_id: str, sale_id: str) -> BaseResponse:
    """Register the receipt, unless it is, and go on to its address."""
    shop = open_shop(router_id, even_closed=True)
    sale_status = sale_of(router_id, sale_id)
    if not may_see_access(sale_status, visit_for(shop, sale_status)):
        raise SaleNotFound
    return redirect(invoice_address(sale_id), 303)
