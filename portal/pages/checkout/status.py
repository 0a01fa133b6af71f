"""Tell whether a card form that the browser had put aside may still be filled in."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.pages.blueprint import blueprint
from portal.pages.checkout.declined_try import lost_before
from portal.pages.checkout.purchase_token import begun_sale, purchase_of
from portal.pages.checkout.views import onward
from portal.pages.shop import open_shop, visit_of
from portal.pages.visits.kept_visit import later_try


@blueprint.post("/pagar/estado")
def purchase_status(router_id: str) -> dict[str, Any]:
    """Tell where the form's purchase goes on; nowhere else while it has not begun."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    purchase = purchase_of(visit, request.form.get("compra"), shop)
    begun = begun_sale(router_id, visit, purchase.id) if purchase else None
    lost = lost_before(router_id)
    standing = begun or (later_try(lost) if lost else None)
    return {"ir": onward(standing, visit) if standing else None}
