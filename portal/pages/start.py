"""The deployment's own address: what this is."""

from __future__ import annotations

from flask import Blueprint, Response

from portal.pages.rendering import page
from portal.ports import settings

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
def home() -> Response:
    """For whoever opens the address without knowing what stands here."""
    return page("start", None, demo_control_url=settings().demo_control_url)
