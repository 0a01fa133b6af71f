"""Serve the customer's pages: what a phone shows between joining the WiFi and being online."""

from __future__ import annotations

from flask import Flask

from portal.pages import (
    cancellation,
    captive_api,
    codes,
    conditions,
    invoices,
    lost_codes,
    own_access,
    plans,
    reconnection,
    rendering,
    result,
    sent_again,
    start,
)
from portal.pages.blueprint import blueprint
from portal.pages.checkout import reachability, standing, status, views
from portal.pages.deferred import views as deferred
from portal.pages.payment_pass import views as payment_pass
from portal.pages.rendering import problem_page

__all__ = ["blueprint", "problem_page", "register"]

# Their views stand on the blueprint as soon as they are imported.
VIEWS = (
    plans,
    views,
    status,
    reachability,
    standing,
    result,
    deferred,
    invoices,
    cancellation,
    payment_pass,
    sent_again,
    reconnection,
    codes,
    lost_codes,
    own_access,
    conditions,
    captive_api,
)


def register(app: Flask) -> None:
    """Bind to the application."""
    rendering.register(app)
    app.register_blueprint(blueprint)
    app.register_blueprint(start.blueprint)
