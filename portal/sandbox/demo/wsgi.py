"""The demo's application for gunicorn: the real one, and the demo's own pages beside it."""

from __future__ import annotations

from config import load_settings
from portal import create_app
from portal.sandbox.demo import surface

app = create_app(load_settings())
surface.register(app)
