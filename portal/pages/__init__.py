"""The customer's pages: what a phone shows between joining the WiFi and being online."""

from __future__ import annotations

from flask import Flask

from portal.pages import (
    canceling,
    checkout,
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
VIEWS = (canceling, entrance, checkout, checkout_watch, comeback, reconnecting, result)


def register(app: Flask) -> None:
    """Bind to the application."""
    rendering.register(app)
    app.register_blueprint(blueprint)
    app.register_blueprint(start.blueprint)
