"""Serve the operator's panel: his business on the screen of a phone behind the counter."""

from __future__ import annotations

from flask import Flask

from portal.panel import (
    alerts,
    companies,
    company,
    confirmation,
    cookie,
    gate,
    login,
    menu,
    online,
    plans,
    rendering,
    style,
    why,
)
from portal.panel.blueprint import blueprint, door
from portal.panel.rendering import problem_page

__all__ = ["blueprint", "door", "problem_page", "register"]

# Their views stand on the blueprint as soon as they are imported.
VIEWS = (
    *(login, confirmation, menu, companies, style),
    *(online, why),
    *plans.VIEWS,
    *company.VIEWS,
    *alerts.VIEWS,
)


def register(app: Flask) -> None:
    """Bind to the application."""
    cookie.register(app)
    gate.register(app)
    rendering.register(app)
    app.register_blueprint(door)
    app.register_blueprint(blueprint)
