"""Lead on who asks by GET for what is only sent: a reload after an answer that was lost.

WebKitGTK 2.50.6 asks so for the address of a form whose answer never came, where Chromium 156
sends the form once more.
"""

from __future__ import annotations

from flask import redirect
from werkzeug.wrappers import Response as BaseResponse

from portal.pages.addresses import page_url
from portal.pages.blueprint import blueprint
from portal.pages.result import sale_of, visit_for
from portal.pages.shop import open_shop, visit_of


@blueprint.get("/pago/<sale_id>/cancelar")
@blueprint.get("/pago/<sale_id>/pase")
@blueprint.get("/pago/<sale_id>/factura")
def back_to_sale(router_id: str, sale_id: str) -> BaseResponse:
    """Show how the sale stands: whatever was asked for with it has been done, or has not."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_for(shop, sale_of(router_id, sale_id))
    return redirect(page_url("result", visit, router_id=router_id, sale_id=sale_id), 303)


@blueprint.get("/cancelar")
def back_to_plans(router_id: str) -> BaseResponse:
    """Show what the visit has begun, on the page that a payment was canceled from."""
    visit = visit_of(open_shop(router_id, even_closed=True))
    return redirect(page_url("plans", visit, router_id=router_id), 303)
