"""Serve the operator's panel: his business on the screen of a phone behind the counter."""

from __future__ import annotations

from flask import Flask

from config import Settings
from portal.panel import (
    accounting,
    alerts,
    companies,
    company,
    confirmation,
    cookie,
    first_steps,
    gate,
    history,
    invoicing,
    login,
    menu,
    online,
    people,
    plans,
    rendering,
    routers,
    style,
    vouchers,
    why,
)
from portal.panel.blueprint import blueprint, door
from portal.panel.help import views as help_views
from portal.panel.rendering import problem_page
from portal.panel.sales import actions, detail, listing
from portal.panel.today import views as today

__all__ = ["blueprint", "door", "problem_page", "register"]

# Their views stand on the blueprint as soon as they are imported.
VIEWS = (
    *(login, confirmation, menu, companies, style),
    *(today, listing, detail, actions, accounting, invoicing),
    *(online, why),
    *plans.VIEWS,
    *company.VIEWS,
    *alerts.VIEWS,
    *vouchers.VIEWS,
    *people.VIEWS,
    history,
    help_views,
    *(first_steps, routers),
)


def register(app: Flask, settings: Settings) -> None:
    """Bind to the application."""
    cookie.register(app, settings)
    gate.register(app)
    rendering.register(app)
    app.register_blueprint(door)
    app.register_blueprint(blueprint)
