"""Show and change what the company sells."""

from __future__ import annotations

from typing import Any

from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.models import Plan
from portal.models.admin_user import Role
from portal.operators import plans
from portal.operators.plan_advice import plan_advice
from portal.web.operator_schemas.pages import page_answer
from portal.web.operator_schemas.product_schemas import (
    ProductPage,
    ProductQuery,
    ProductSchema,
    SavedProductSchema,
)


class Saved:
    """Show a product along with what in its routers does not keep it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.advice = plan_advice(plan)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plan, name)


NEW = {
    "router_id": "RTR_01234567",
    "perfil_mikrotik_nombre": "1hora",
    "nombre_venta": "Tarde completa",
    "precio": "35.00",
    "duracion_minutos": 300,
    "duracion_desde": "primer_uso",
    "dispositivos_max": 2,
    "detalles": [{"texto": "Para dos dispositivos"}],
}
CHANGES = {"precio": "22.50", "destacado": True}

blueprint = session_blueprint("productos", __name__, "/api/v1/admin/products")


@blueprint.route("")
@blueprint.arguments(ProductQuery, location="query")
@blueprint.response(200, ProductPage)
@blueprint.failures(404)
@blueprint.also_for(Role.CASHIER)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Mis productos

    Todos los de la empresa, también los retirados, en su orden.
    """
    return page_answer("productos", plans.listing(acting_company_id(), **query), query)


@blueprint.route("", methods=["POST"])
@blueprint.arguments(ProductSchema, example=NEW)
@blueprint.response(201, SavedProductSchema)
@blueprint.failures(404, 409)
def create(values: Any) -> Any:
    """Crear un producto

    El perfil de usuario se conoce por su nombre en el router. Al menos 3.00 MXN o 0.20 USD. 409 si
    ese router ya vende uno con el mismo nombre, 422 si no se dice cuánto dura, cuántos datos da, ni
    que es `ilimitado`. Lo que falte en el router, como el perfil, viene en `avisos`.
    """
    return Saved(plans.create(actor(), acting_company_id(), **values))


@blueprint.route("/<int:product_id>")
@blueprint.response(200, ProductSchema)
@blueprint.failures(404)
@blueprint.also_for(Role.CASHIER)
def product(product_id: int) -> Any:
    """Un producto

    Un producto de la empresa, aunque esté retirado.
    """
    return plans.get(acting_company_id(), product_id)


@blueprint.route("/<int:product_id>", methods=["PUT"])
@blueprint.arguments(ProductSchema(partial=True), example=CHANGES)
@blueprint.response(200, SavedProductSchema)
@blueprint.failures(404, 409)
def update(values: Any, product_id: int) -> Any:
    """Cambiar un producto; las ventas hechas no cambian

    Solo lo que se envía cambia. Lo que ya se vendió queda como se vendió. Para quitarle sus límites
    se dice `ilimitado`.
    """
    return Saved(plans.update(actor(), acting_company_id(), product_id, **values))


@blueprint.route("/<int:product_id>", methods=["DELETE"])
@blueprint.response(200, ProductSchema)
@blueprint.failures(404)
def deactivate(product_id: int) -> Any:
    """Retirar un producto de la venta

    Deja de venderse y se queda en la lista; sus ventas no cambian.
    """
    return plans.deactivate(actor(), acting_company_id(), product_id)
