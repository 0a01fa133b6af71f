"""Say at the deployment's own address what this is."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.pages.demo import demo_page
from portal.pages.rendering import page
from portal.ports import settings

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
def home() -> Response:
    """Tell whoever opens the address what stands here; a demo shows itself."""
    control_url = settings().demo_control_url
    return demo_page(control_url) if control_url else page("start", None)
