"""Let a page that the router itself serves (http://10.5.50.1, say) call the public endpoints."""

from __future__ import annotations

from flask import Flask
from flask_cors import CORS

PATHS = r"/api/v1/(config/public|catalogo_perfiles_venta|payments|hotspot)(/.*)?"


def register(app: Flask) -> None:
    """Bind to the application."""
    CORS(
        app,
        resources={
            PATHS: {
                "origins": "*",
                "methods": ["GET", "POST"],
                "allow_headers": ["X-API-Key", "Authorization", "Content-Type", "Idempotency-Key"],
                "expose_headers": ["X-Request-ID", "Retry-After"],
                "send_wildcard": True,
                "supports_credentials": False,
                "max_age": 7200,
            }
        },
    )
