"""Import codes that another tool left on a router."""

from __future__ import annotations

from typing import Any

from portal.api.admin.vouchers import PREFIX
from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.operators.vouchers.batches import get_batch
from portal.operators.vouchers.importing import ImportOrder, import_codes, look_only
from portal.web.operator_schemas.import_schemas import ImportAnswer, ImportSchema

ORDER = {"router_id": "RTR_01234567", "planes": {"1dia": 1}, "confirmar": False}

blueprint = session_blueprint("fichas-importar", __name__, f"{PREFIX}/importar")


@blueprint.route("", methods=["POST"])
@blueprint.arguments(ImportSchema, example=ORDER)
@blueprint.response(200, ImportAnswer)
@blueprint.failures(404, 409)
def import_left(values: dict[str, Any]) -> Any:
    """Importar las fichas que Mikhmon dejó en un router, o solo mirarlas

    Con `confirmar` falso no cambia nada: se lee el router, en 15 s a lo más, y `perfiles` dice qué
    hay. Con `confirmar` se hace un lote por cada perfil de `planes` con las fichas sin usar y en
    uso, que conservan código, precio, tiempo y límites; el trabajador las marca en el router, y lo
    que alguien cambie mientras tanto se deja como está y queda anulado en el lote con su motivo.
    Otra vez lo mismo no importa nada dos veces. `sin_contrasena`: el router no dice su contraseña,
    porque al grupo del usuario de API le falta la política `sensitive`.
    """
    company_id, order = acting_company_id(), ImportOrder(values["router_id"], values["plans"])
    if not values["confirmed"]:
        return look_only(company_id, order)
    done = import_codes(actor(), company_id, order)
    told = [get_batch(company_id, batch.id) for batch in done.batches]
    return {"found": done.found, "batches": told}
