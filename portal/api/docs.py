"""Show the API's documentation as a page, with assets from the installed Swagger UI."""

from __future__ import annotations

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, render_template, send_from_directory

ASSETS = Path(str(flask_swagger_ui.__file__)).parent / "dist"
A_DAY = 86400

blueprint = Blueprint("docs", __name__, url_prefix="/api/docs")


@blueprint.route("")
def page() -> str:
    """Serve the page; it reads /api/openapi.json."""
    return render_template("api_docs.html")


@blueprint.route("/assets/<path:name>")
def asset(name: str) -> Response:
    """Serve one of Swagger UI's own files."""
    return send_from_directory(ASSETS, name, max_age=A_DAY)
