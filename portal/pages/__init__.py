"""The customer's pages: what a phone shows between joining the WiFi and being online."""

from __future__ import annotations

from flask import Flask

from portal.pages import (
    canceling,
    captive_api,
    checkout,
    checkout_status,
    checkout_watch,
    comeback,
    entrance,
    reconnecting,
    rendering,
    result,
    start,
)
from portal.pages.blueprint import blueprint

# Their views stand on the blueprint as soon as they are imported.
VIEWS = (
    entrance,
    checkout,
    checkout_status,
    checkout_watch,
    result,
    canceling,
    reconnecting,
    comeback,
    captive_api,
)


def register(app: Flask) -> None:
    """Bind to the application."""
    rendering.register(app)
    app.register_blueprint(blueprint)
    app.register_blueprint(start.blueprint)
