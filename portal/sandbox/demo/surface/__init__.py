"""The demo's own pages: what its owner sees, and a line that says whose phone one looks at."""

from __future__ import annotations

from flask import Flask

from portal.sandbox.demo.surface import ribbon, views

__all__ = ["register"]


def register(app: Flask) -> None:
    """Bind to the application, which is a demo's."""
    ribbon.register(app)
    app.register_blueprint(views.blueprint)
