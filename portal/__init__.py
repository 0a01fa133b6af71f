"""Sell WiFi on MikroTik hotspots: Portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings


def create_app(settings: Settings) -> Flask:
    """Make the application with these settings."""
    # Imported here, so that a sandbox or a port used on its own does not load all the rest.
    from portal.app import create_app

    return create_app(settings)
