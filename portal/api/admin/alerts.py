"""Show the operator what needs a hand, and try out by which ways they hear of it."""

from __future__ import annotations

from typing import Any

from portal.alerts.channels import EMAIL, TELEGRAM, WEBHOOK
from portal.alerts.trial import send_test
from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.models.admin_user import Role
from portal.operators import alerts as operators
from portal.web.operator_schemas.alert_schemas import AlertPage, AlertQuery, AlertSchema
from portal.web.operator_schemas.pages import page_answer
from portal.web.schemas import Message

SENT = "La prueba se mandó por {}."

blueprint = session_blueprint("alertas", __name__, "/api/v1/admin/mi-empresa/alertas")
tests = session_blueprint("pruebas de alertas", __name__, "/api/v1/admin")


@blueprint.route("")
@blueprint.arguments(AlertQuery, location="query")
@blueprint.response(200, AlertPage)
@blueprint.also_for(Role.CASHIER)
def listing(query: dict[str, Any]) -> Any:
    """Lo que necesita a una persona, lo último primero

    Las alertas abiertas; con `estado` todos, también las resueltas. `veces` dice cuántas veces
    pasó lo mismo, `ultimo` cuándo fue la última.
    """
    company_id, resolved = acting_company_id(), query["estado"] == "todos"
    page = operators.page_of(company_id, query["limit"], query["offset"], resolved=resolved)
    return page_answer("alertas", page, query)


@blueprint.route("/<int:alert_id>/resolver", methods=["POST"])
@blueprint.response(200, AlertSchema)
@blueprint.failures(404)
def resolve(alert_id: int) -> Any:
    """Dar una alerta por resuelta; otra vez no cambia nada

    Si lo mismo vuelve a pasar, se abre otra. Muchas se resuelven solas cuando termina su causa.
    """
    return operators.resolve(actor(), alert_id, acting_company_id())


@tests.route("/test-telegram", methods=["POST"])
@tests.response(200, Message)
@tests.failures(409, 422, 429, 503)
def test_telegram() -> dict[str, str]:
    """Mandar una prueba por Telegram; 422 con lo que hay que corregir si no la acepta

    Al bot y al chat de la empresa, aunque `notificaciones_telegram` sea falso. 409 si faltan, 503
    si no se pudo hablar con Telegram; una prueba cada diez segundos.
    """
    return _tested(TELEGRAM, "Telegram")


@tests.route("/test-email", methods=["POST"])
@tests.response(200, Message)
@tests.failures(409, 422, 429, 503)
def test_email() -> dict[str, str]:
    """Mandar una prueba a las direcciones de correo de las alertas

    A todas las de `alertas.correo`. 409 si no hay ninguna, 422 si el servidor de correo no las
    acepta o esta instalación no tiene uno; una prueba cada diez segundos.
    """
    return _tested(EMAIL, "correo")


@tests.route("/test-webhook", methods=["POST"])
@tests.response(200, Message)
@tests.failures(409, 422, 429, 503)
def test_webhook() -> dict[str, str]:
    """Mandar una prueba firmada al webhook de las alertas, con `evento: prueba`

    A la `url` de `alertas.webhook`, firmada con su `secreto`. 409 si no hay, 422 si responde otra
    cosa que 2xx, 503 si no responde a tiempo; una prueba cada diez segundos.
    """
    return _tested(WEBHOOK, "webhook")


def _tested(kind: str, name: str) -> dict[str, str]:
    send_test(acting_company_id(), kind)
    return {"mensaje": SENT.format(name)}
