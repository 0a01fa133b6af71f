"""Tell those who run Portal whether it lives, whether it is ready, and its figures."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from flask import Response, current_app
from marshmallow import Schema, fields
from sqlalchemy.exc import SQLAlchemyError

from portal.alerts.full_disk import is_disk_full
from portal.alerts.heartbeats import count_workers
from portal.alerts.open_alerts import count_open
from portal.api.blueprints import open_blueprint
from portal.core.database import reading
from portal.core.errors import NotFound, Unavailable
from portal.core.logs import log
from portal.core.metrics import exposition, show_alerts
from portal.core.migrations import is_behind
from portal.core.settings.values import networks
from portal.ports import settings
from portal.web import arrival, request_context

UNREACHABLE = "No se puede usar la base de datos."
BEHIND = "Faltan migraciones en la base de datos: ejecute flask db upgrade."
FULL = "El disco de la base de datos está lleno: libere espacio para que se pueda vender."
NO_WORKER = "Ningún worker se ha mostrado en 2 minutos: ejecute flask worker."

blueprint = open_blueprint("servicio", __name__, "")


class ServiceState(Schema):
    estado = fields.String(required=True)


class ArrivalSchema(Schema):
    direccion = fields.String(required=True)
    esquema = fields.String(required=True)
    host = fields.String(required=True)
    varios_procesos = fields.Boolean(required=True)


class Readiness(ServiceState):
    avisos = fields.List(fields.String(), required=True)
    llegada = fields.Nested(
        ArrivalSchema,
        metadata={"description": "Cómo llegó la solicitud; solo para flask doctor."},
    )


@blueprint.route("/healthz")
@blueprint.response(200, ServiceState)
def healthz() -> dict[str, str]:
    """El proceso vive

    Responde mientras el proceso viva, sin mirar nada más; para quien lo reinicia.
    """
    return {"estado": "vivo"}


@blueprint.route("/readyz")
@blueprint.response(200, Readiness)
@blueprint.failures(503)
def readyz() -> dict[str, Any]:
    """La base de datos responde y está al día; avisa si nadie atiende lo pendiente

    Responde 503 con lo que falta mientras la base de datos no conteste, no esté migrada o tenga su
    disco lleno. `avisos` dice lo que conviene atender aunque sirva.
    """
    try:
        with reading() as session:
            if is_behind(session):
                raise Unavailable(BEHIND)
        if is_disk_full():
            raise Unavailable(FULL)
        with reading() as session:
            workers = count_workers(session)
    except SQLAlchemyError as error:
        log().error("database_unreachable", error=type(error).__name__)
        raise Unavailable(UNREACHABLE) from error
    advice = [] if workers else [NO_WORKER]
    answer = {"estado": "listo", "avisos": advice + request_context.proxy_advice()}
    return answer | ({"llegada": arrival.seen()} if arrival.is_asked_for() else {})


@blueprint.route("/metrics")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
@blueprint.failures(404)
def metrics() -> Response:
    """Cifras para Prometheus, solo para las redes permitidas

    En el formato de texto de Prometheus. Para redes que `METRICS_ALLOW` no nombra, 404.
    """
    is_hidden = request_context.is_forwarded_untrusted()
    if is_hidden or not _allowed(request_context.caller(), settings().metrics_allow):
        raise NotFound
    with suppress(SQLAlchemyError), reading() as session:
        count_workers(session)
        show_alerts(count_open(session))
    body, content_type = exposition()
    return current_app.response_class(body, content_type=content_type)


def _allowed(caller: IPv4Address | IPv6Address | None, allowed: str) -> bool:
    # A proxy may call whom it does not know by a word.
    return caller is not None and any(
        caller in network for network in networks("METRICS_ALLOW", allowed)
    )
