"""Wait beside whoever buys for the first time."""

from __future__ import annotations

import segno
from flask import Response, url_for

from portal.models import Router
from portal.operators.first_run.progress import FirstStep
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.first_steps.steps_page import current_progress
from portal.panel.rendering import page
from portal.ports import settings

LOOK_SECONDS = 5


@blueprint.page("/pasos/venta", OWNERS)
def first_sale() -> Response:
    """Show where to buy, and by itself once it is bought."""
    progress = current_progress()
    is_open = progress.is_open(FirstStep.SALE)
    address = _address(progress.router) if progress.router and is_open else ""
    code = _picture(address) if address else ""
    shown = page("first_steps/sale", progress=progress, address=address, code=code)
    if is_open and progress.first_sale is None:
        shown.headers["Refresh"] = str(LOOK_SECONDS)
    return shown


def _address(router: Router) -> str:
    path = url_for("pages.plans", router_id=router.id)
    return settings().public_url.rstrip("/") + path


def _picture(address: str) -> str:
    """Draw the address for a telephone's camera, as an SVG that stands in the page."""
    drawn: str = segno.make(address, error="m").svg_data_uri(scale=4, border=4)
    return drawn
