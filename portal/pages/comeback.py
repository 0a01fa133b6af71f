"""Coming back: a code entered by hand."""

from __future__ import annotations

from flask import Response

from portal.pages.blueprint import blueprint
from portal.pages.rendering import page
from portal.pages.shop import open_shop, visit_of


@blueprint.get("/codigo")
def code_form(router_id: str) -> Response:
    """The form for a code."""
    shop = open_shop(router_id)
    return page("code", shop, visit_of(shop))
