"""Show and change what the company sells."""

from __future__ import annotations

from typing import Any

from portal.api.admin.pages import page_answer
from portal.api.admin.product_schemas import (
    ProductPage,
    ProductQuery,
    ProductSchema,
    SavedProductSchema,
)
from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.models import Plan
from portal.operators import plans
from portal.operators.plan_advice import plan_advice


class Saved:
    """Show a product along with what in its routers does not keep it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.advice = plan_advice(plan)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plan, name)


blueprint = session_blueprint("productos", __name__, "/api/v1/admin/products")


@blueprint.route("")
@blueprint.arguments(ProductQuery, location="query")
@blueprint.response(200, ProductPage)
@blueprint.failures(404)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Mis productos"""
    return page_answer("productos", plans.listing(acting_company_id(), **query), query)


@blueprint.route("", methods=["POST"])
@blueprint.arguments(ProductSchema)
@blueprint.response(201, SavedProductSchema)
@blueprint.failures(404, 409)
def create(values: Any) -> Any:
    """Crear un producto"""
    return Saved(plans.create(actor(), acting_company_id(), **values))


@blueprint.route("/<int:product_id>")
@blueprint.response(200, ProductSchema)
@blueprint.failures(404)
def product(product_id: int) -> Any:
    """Un producto"""
    return plans.get(acting_company_id(), product_id)


@blueprint.route("/<int:product_id>", methods=["PUT"])
@blueprint.arguments(ProductSchema(partial=True))
@blueprint.response(200, SavedProductSchema)
@blueprint.failures(404, 409)
def update(values: Any, product_id: int) -> Any:
    """Cambiar un producto; las ventas hechas no cambian"""
    return Saved(plans.update(actor(), acting_company_id(), product_id, **values))


@blueprint.route("/<int:product_id>", methods=["DELETE"])
@blueprint.response(200, ProductSchema)
@blueprint.failures(404)
def deactivate(product_id: int) -> Any:
    """Retirar un producto de la venta"""
    return plans.deactivate(actor(), acting_company_id(), product_id)
