"""List what the panel has for whoever is logged in."""

from __future__ import annotations

from flask import Response

from portal.panel.audience import ANYBODY_LOGGED_IN
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page


@blueprint.page("/mas", ANYBODY_LOGGED_IN)
def menu() -> Response:
    """Show every section by its name."""
    return page("menu")
