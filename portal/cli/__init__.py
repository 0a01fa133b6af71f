"""The command line: what whoever runs the server does from its shell."""

from __future__ import annotations

from flask import Flask

from portal.cli.admin import create_admin


def register(app: Flask) -> None:
    """Bind to the application."""
    app.cli.add_command(create_admin)
