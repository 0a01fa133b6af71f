"""Hold the blueprint that all of a customer's pages stand on, below a router's address."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("pages", __name__, url_prefix="/r/<router_id>")
