"""Show the demo's own pages: what its owner sees, and whose phone one looks at."""

from __future__ import annotations

from flask import Flask

from config import load_settings
from portal import create_app
from portal.sandbox.demo.surface import ribbon, views

__all__ = ["application"]


def application() -> Flask:
    """Give the real application, with the demo's pages beside its own; for gunicorn."""
    app = create_app(load_settings())
    ribbon.register(app)
    app.register_blueprint(views.blueprint)
    return app
