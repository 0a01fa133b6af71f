"""Tell those who run Portal whether it lives, whether it is ready, and its figures."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Response, current_app
from marshmallow import Schema, fields
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import ROOT, networks
from portal.alerts.heartbeats import count_workers
from portal.api.blueprints import open_blueprint
from portal.core.database import reading
from portal.core.errors import NotFound, Unavailable
from portal.core.logs import log
from portal.core.metrics import exposition
from portal.ports import settings
from portal.web import request_context

UNREACHABLE = "No se puede usar la base de datos."
BEHIND = "Faltan migraciones en la base de datos: ejecute flask db upgrade."
NO_WORKER = "Ningún worker se ha mostrado en 2 minutos: ejecute flask worker."

blueprint = open_blueprint("servicio", __name__, "")


class ServiceState(Schema):
    estado = fields.String(required=True)


class Readiness(ServiceState):
    avisos = fields.List(fields.String(), required=True)


@blueprint.route("/healthz")
@blueprint.response(200, ServiceState)
def healthz() -> dict[str, str]:
    """El proceso vive"""
    return {"estado": "vivo"}


@blueprint.route("/readyz")
@blueprint.response(200, Readiness)
@blueprint.failures(503)
def readyz() -> dict[str, Any]:
    """La base de datos responde y está al día; avisa si nadie atiende lo pendiente"""
    try:
        with reading() as session:
            if _current_heads(session) != _heads():
                raise Unavailable(BEHIND)
            workers = count_workers(session)
    except SQLAlchemyError as error:
        log().error("database_unreachable", error=type(error).__name__)
        raise Unavailable(UNREACHABLE) from error
    advice = [] if workers else [NO_WORKER]
    return {"estado": "listo", "avisos": advice + request_context.proxy_advice()}


@blueprint.route("/metrics")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@blueprint.failures(404)
def metrics() -> Response:
    """Cifras para Prometheus, solo para las redes permitidas"""
    if not _allowed(request_context.caller(), settings().metrics_allow):
        raise NotFound
    with suppress(SQLAlchemyError), reading() as session:
        count_workers(session)
    body, content_type = exposition()
    return current_app.response_class(body, content_type=content_type)


def _current_heads(session: Session) -> set[str]:
    return set(MigrationContext.configure(session.connection()).get_current_heads())


@cache
def _heads() -> set[str]:
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def _allowed(caller: IPv4Address | IPv6Address | None, allowed: str) -> bool:
    # A proxy may call whom it does not know by a word.
    return caller is not None and any(caller in network for network in networks(allowed))
