"""Serve the JSON API: one flask-smorest blueprint a concern, OpenAPI at /api/openapi.json."""

from __future__ import annotations

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from portal.api import (
    admin,
    auth,
    cors,
    docs,
    kit_download,
    own_access,
    service,
    super_admin,
    webhook_endpoint,
)
from portal.api.openapi import make_api
from portal.api.public import catalogue, hotspot, payment_pass, payments, pictures

BLUEPRINTS = (
    auth.door,
    own_access.blueprint,
    auth.blueprint,
    catalogue.blueprint,
    *admin.BLUEPRINTS,
    *super_admin.BLUEPRINTS,
    payments.blueprint,
    payment_pass.blueprint,
    hotspot.blueprint,
    pictures.blueprint,
    kit_download.blueprint,
    service.blueprint,
    webhook_endpoint.blueprint,
)


def register(app: Flask) -> None:
    """Bind to the application."""
    _write_json_for_people(app)
    api = make_api(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.register_blueprint(docs.blueprint)
    cors.register(app)


def _write_json_for_people(app: Flask) -> None:
    """Accents as they are, fields in the contract's order."""
    provider = DefaultJSONProvider(app)
    provider.ensure_ascii = False
    provider.sort_keys = False
    app.json = provider
