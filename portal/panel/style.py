"""Serve the panel's one style sheet, which browsers keep: its address changes with its words."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from flask import Response, render_template, url_for

from portal.panel.blueprint import blueprint
from portal.web.compression import compressed

YEAR_SECONDS = 365 * 86400


@blueprint.open_page("/estilo-<digest>.css")
def style(digest: str) -> Response:
    """Send the style sheet: what customers' pages have, and what tables and forms need besides."""
    response = compressed(Response(_sheet(), mimetype="text/css"))
    if digest == _digest():
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


def style_url() -> str:
    """Give the address of the style sheet as it is now."""
    return url_for("panel.style", digest=_digest())


@lru_cache(maxsize=1)
def _sheet() -> str:
    return render_template("panel/style.css")


@lru_cache(maxsize=1)
def _digest() -> str:
    return hashlib.sha256(_sheet().encode()).hexdigest()[:12]
