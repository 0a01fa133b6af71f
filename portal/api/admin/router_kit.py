"""Make the kits of the operator's own routers, and check how these are set up."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from portal.api.admin.kit_schemas import (
    EXAMPLE,
    CheckAnswer,
    HotspotQuery,
    KitBody,
    KitLinkAnswer,
    check_answer,
)
from portal.api.admin.routers import counted
from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.operators import routers
from portal.operators.dial_in.enrolment import paste_key
from portal.operators.dial_in.standing import TunnelStanding, standing_of
from portal.operators.router_kit import kit, kit_links
from portal.operators.router_kit.kit import KitOptions
from portal.operators.router_kit.setup_check import check_setup
from portal.web.operator_schemas.tunnel_schemas import (
    EXAMPLE as KEY,
)
from portal.web.operator_schemas.tunnel_schemas import (
    TunnelAnswer,
    TunnelKeyBody,
    tunnel_answer,
)

ZIP = "application/zip"

blueprint = session_blueprint("kit", __name__, "/api/v1/admin/mi-empresa/routers/<router_id>")


@blueprint.route("/kit")
@blueprint.arguments(HotspotQuery, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=ZIP)
@blueprint.failures(404, 422)
def download(query: dict[str, Any], router_id: str) -> Response:
    """El kit del router: el guion que lo prepara, el que lo deshace y sus páginas

    Un zip. El guion lleva la contraseña del usuario de la API, que el kit inventa; una que ya dejó
    entrar no se muestra otra vez: el kit siguiente lleva otra, que la reemplaza cuando el router la
    conoce. 422 si a PUBLIC_URL no llegaría ningún cliente.
    """
    options = KitOptions(server=query["hotspot"])
    files = kit.make_kit(actor(), acting_company_id(), router_id, options, request.host_url)
    response = Response(kit.zipped(files), mimetype=ZIP)
    response.headers["Content-Disposition"] = f'attachment; filename="portal-{router_id}.zip"'
    return response


@blueprint.route("/kit/enlace", methods=["POST"])
@blueprint.arguments(KitBody, required=False, example=EXAMPLE)
@blueprint.response(201, KitLinkAnswer)
@blueprint.failures(404)
def link(options: KitOptions, router_id: str) -> Any:
    """Un enlace de un solo uso para que el router baje el guion por sí mismo

    Vive 15 minutos y termina los anteriores. `comando` se pega en la terminal del router: baja el
    guion, lo ejecuta y lo borra.
    """
    return kit_links.new_link(actor(), acting_company_id(), router_id, options, request.host_url)


@blueprint.route("/check")
@blueprint.arguments(HotspotQuery, location="query")
@blueprint.response(200, CheckAnswer)
@blueprint.failures(404, 422, 429)
def check(query: dict[str, Any], router_id: str) -> dict[str, Any]:
    """Cada punto que el router necesita para vender, mirado en el momento

    Con la línea que arregla cada uno. Si no se puede entrar al router, 503 dice qué revisar.
    """
    with counted():
        findings = check_setup(acting_company_id(), router_id, query["hotspot"])
    return check_answer(findings)


@blueprint.route("/tunel")
@blueprint.response(200, TunnelAnswer)
@blueprint.failures(404)
def tunnel(router_id: str) -> dict[str, Any]:
    """Cómo está el túnel por el que entra el router

    `sin_tunel` si el router tiene dirección propia. `detalle` dice qué hacer.
    """
    return tunnel_answer(_standing(router_id))


@blueprint.route("/tunel", methods=["PUT"])
@blueprint.arguments(TunnelKeyBody, example=KEY)
@blueprint.response(200, TunnelAnswer)
@blueprint.failures(404, 409)
def set_tunnel_key(values: dict[str, str], router_id: str) -> dict[str, Any]:
    """Registrar la llave pública de un router que no pudo enviarla

    Reemplaza la anterior, que deja de entrar. 409 si ya es de otro router.
    """
    paste_key(actor(), acting_company_id(), router_id, values["public_key"])
    return tunnel_answer(_standing(router_id))


def _standing(router_id: str) -> TunnelStanding | None:
    return standing_of(routers.get(acting_company_id(), router_id))
