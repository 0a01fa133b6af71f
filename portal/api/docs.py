"""Show the API's documentation as pages, with assets from the installed Swagger UI."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, render_template, send_from_directory

from portal.ports import checkout_hosts, provider_named, provider_names, settings

SWAGGER_UI = "flask_swagger_ui"
A_DAY = 86400
# Where whoever copies the example puts the key of a router.
KEY = "jwt_…"
ATTACHED = 'attachment; filename="portal.html"'

blueprint = Blueprint("docs", __name__, url_prefix="/api/docs")


@blueprint.route("")
def page() -> str:
    """Serve the page; it reads /api/openapi.json."""
    return render_template("api_docs.html")


@blueprint.route("/assets/<path:name>")
def asset(name: str) -> Response:
    """Serve one of Swagger UI's own files."""
    return send_from_directory(_assets(), name, max_age=A_DAY)


@cache
def _assets() -> Path:
    """Find the files of the package, of which no code is needed."""
    spec = find_spec(SWAGGER_UI)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{SWAGGER_UI} is not installed")
    return Path(spec.origin).parent / "dist"


@blueprint.route("/guia")
def guide() -> str:
    """Serve the guide for who makes a page of their own, with all of such a page."""
    return render_template(
        "api_guide.html",
        portal=_portal(),
        portal_host=urlsplit(_portal()).hostname,
        hosts=list(checkout_hosts()),
        script_url=_script_url(),
        key=KEY,
        example=_example(),
    )


@blueprint.route("/ejemplo.html")
def example() -> Response:
    """Serve that page as a file to keep: it lives elsewhere, and would do nothing here."""
    response = current_app.response_class(_example(), mimetype="text/plain")
    response.headers["Content-Disposition"] = ATTACHED
    return response


def _example() -> str:
    return render_template("api_example.html", portal=_portal(), script_url=_script_url(), key=KEY)


def _portal() -> str:
    return settings().public_url.rstrip("/")


def _script_url() -> str:
    return provider_named(provider_names()[0]).checkout.script_url
