"""Show what the router's shop is and sells."""

from __future__ import annotations

from flask import Response

from portal.api.blueprints import public_blueprint
from portal.api.public.schemas import Product, ShopSettings
from portal.api.router_key import storefront
from portal.core.errors import NotFound

ABSENT = "Producto no encontrado"

blueprint = public_blueprint("catalogo", __name__, "/api/v1")


@blueprint.route("/config/public")
@blueprint.response(200, ShopSettings)
def shop_settings() -> Response:
    """La tienda: empresa, router y métodos de pago"""
    return storefront().settings.response()


@blueprint.route("/catalogo_perfiles_venta")
@blueprint.response(200, Product(many=True))
def catalogue() -> Response:
    """Los productos activos de este router"""
    return storefront().catalogue.response()


@blueprint.route("/catalogo_perfiles_venta/<int:product_id>")
@blueprint.response(200, Product)
@blueprint.failures(404)
def product(product_id: int) -> Response:
    """Un producto"""
    found = storefront().entries.get(product_id)
    if found is None:
        raise NotFound(ABSENT)
    return found.response()
