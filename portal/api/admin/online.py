"""Show who is online and why somebody is not; end a session, give time or data away."""

from __future__ import annotations

from typing import Any

from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.core.i18n import SPANISH, keep_language
from portal.models.admin_user import COMPANY_ROLES
from portal.operators.diagnosis.examination import examine
from portal.operators.online import courtesy, devices, listing
from portal.web.fields import PageQuery
from portal.web.operator_schemas.diagnosis_schemas import (
    DiagnosisAnswer,
    DiagnosisQuery,
    diagnosis_answer,
    question_of,
)
from portal.web.operator_schemas.online_schemas import (
    COURTESY,
    CourtesyBody,
    GiftAnswer,
    OnlinePage,
)
from portal.web.operator_schemas.pages import page_answer
from portal.web.request_context import caller_text
from portal.web.schemas import Message

ENDED = "La sesión terminó. Para volver, el aparato escribe otra vez su código."

blueprint = session_blueprint(
    "en-linea", __name__, "/api/v1/admin/mi-empresa/routers", COMPANY_ROLES
)
gifts = session_blueprint("cortesias", __name__, "/api/v1/admin/mi-empresa/accesos")


@blueprint.route("/<router_id>/activos")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, OnlinePage)
@blueprint.failures(404)
def online(query: dict[str, Any], router_id: str) -> dict[str, Any]:
    """Quién está en línea en un router, leído en el momento; el último en llegar primero

    También los usuarios que se hicieron en el router y no aquí, con `propio` falso. Si el router
    no responde, 503.
    """
    found = listing.on_router(acting_company_id(), router_id, query["limit"], query["offset"])
    return page_answer("activos", found, query)


@blueprint.route("/<router_id>/activos/<session_key>/desconectar", methods=["POST"])
@blueprint.response(200, Message)
@blueprint.failures(404, 409)
def disconnect(router_id: str, session_key: str) -> dict[str, str]:
    """Terminar una sesión

    El aparato puede volver con su código. 404 si la sesión ya terminó; 409 si su usuario no es de
    un acceso nuestro: esos no se tocan.
    """
    devices.disconnect(actor(), acting_company_id(), router_id, session_key)
    return {"mensaje": ENDED}


@blueprint.route("/<router_id>/diagnostico")
@blueprint.arguments(DiagnosisQuery, location="query")
@blueprint.response(200, DiagnosisAnswer)
@blueprint.failures(404, 422)
def diagnosis(query: dict[str, Any], router_id: str) -> dict[str, Any]:
    """Por qué alguien no tiene Internet: una frase y lo que lo remedia

    Por `codigo`, `mac`, `email` o `acceso`; sin ninguno, por el aparato que pregunta, si el router
    ve su dirección. Mira en vivo 3 segundos como máximo, y `no_visto` dice qué no alcanzó a mirar.
    """
    keep_language(SPANISH)
    question = question_of(query, caller_text())
    return diagnosis_answer(examine(acting_company_id(), question, router_id))


@gifts.route("/<access_id>/tiempo", methods=["POST"])
@gifts.arguments(CourtesyBody, example=COURTESY)
@gifts.response(200, GiftAnswer)
@gifts.failures(404, 409)
def give(body: dict[str, Any], access_id: str) -> Any:
    """Regalar tiempo o datos a un acceso; queda en el historial con su motivo

    Se suma a lo que le queda, también si ya se había agotado. 409 si su pago no está en firme o si
    el acceso no tiene ese límite.
    """
    return courtesy.give(actor(), acting_company_id(), access_id, **body)
