"""What those who run Portal ask it: whether it lives, whether it is ready, and its figures."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Response, current_app, request
from marshmallow import Schema, fields
from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError

from config import ROOT, networks
from portal.api.blueprints import open_blueprint
from portal.errors import NotFound, Unavailable
from portal.extensions import db
from portal.logs import log
from portal.metrics import exposition
from portal.models import WorkerHeartbeat
from portal.models.clock import from_now
from portal.ports import settings

UNREACHABLE = "No se puede usar la base de datos."
BEHIND = "Faltan migraciones en la base de datos: ejecute flask db upgrade."
NO_WORKER = "Ningún worker se ha mostrado en 2 minutos: ejecute flask worker."
WORKER_SEEN = select(exists().where(WorkerHeartbeat.at > from_now(-120)))

blueprint = open_blueprint("servicio", __name__, "")


class State(Schema):
    estado = fields.String(required=True)


class Readiness(State):
    avisos = fields.List(fields.String(), required=True)


@blueprint.route("/healthz")
@blueprint.response(200, State)
def healthz() -> dict[str, str]:
    """El proceso vive"""
    return {"estado": "vivo"}


@blueprint.route("/readyz")
@blueprint.response(200, Readiness)
@blueprint.failures(503)
def readyz() -> dict[str, Any]:
    """La base de datos responde y está al día; avisa si nadie atiende lo pendiente"""
    try:
        with db.engine.connect() as connection:
            if set(MigrationContext.configure(connection).get_current_heads()) != _heads():
                raise Unavailable(BEHIND)
            attended = connection.scalar(WORKER_SEEN)
    except SQLAlchemyError as error:
        log().error("database_unreachable", kind=type(error).__name__)
        raise Unavailable(UNREACHABLE) from error
    return {"estado": "listo", "avisos": [] if attended else [NO_WORKER]}


@blueprint.route("/metrics")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@blueprint.failures(404)
def metrics() -> Response:
    """Cifras para Prometheus, solo para las redes permitidas"""
    if not _allowed(request.remote_addr, settings().metrics_allow):
        raise NotFound
    body, content_type = exposition()
    return current_app.response_class(body, content_type=content_type)


@cache
def _heads() -> set[str]:
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def _allowed(caller: str | None, allowed: str) -> bool:
    try:
        address = ip_address(caller or "")
    except ValueError:
        # A proxy may call whom it does not know by a word.
        return False
    return any(address in network for network in networks(allowed))
