"""Show what the router's shop is and sells."""

from __future__ import annotations

from flask import Response

from portal.api.blueprints import public_blueprint
from portal.api.public.answers import CachedAnswer
from portal.api.public.schemas import Product, ProductMethod, ShopSettings
from portal.api.storefront import require_storefront, storefront
from portal.core.errors import NotFound
from portal.web.replay import answer_again

ABSENT = "Producto no encontrado"

blueprint = public_blueprint("catalogo", __name__, "/api/v1", require_storefront)


@blueprint.route("/config/public")
@blueprint.response(200, ShopSettings)
@blueprint.unchanged
def shop_settings() -> Response:
    """La tienda: empresa, router y métodos de pago

    Lo primero que pide una página: el nombre y el logo que mostrar, con qué se puede pagar, y la
    llave pública con la que el navegador convierte la tarjeta en un token.
    """
    return _sent(storefront().settings)


@blueprint.route("/catalogo_perfiles_venta")
@blueprint.response(200, Product(many=True))
@blueprint.unchanged
def catalogue() -> Response:
    """Los productos activos de este router

    En el orden en que se muestran. De cada uno: precio, cuánto dura y desde cuándo corre, cuántos
    datos y dispositivos trae. Guarde el `id` que elija el cliente: es el `producto_id` de la
    compra.
    """
    return _sent(storefront().catalogue)


@blueprint.route("/catalogo_perfiles_venta/<int:product_id>")
@blueprint.response(200, Product)
@blueprint.unchanged
@blueprint.failures(404)
def product(product_id: int) -> Response:
    """Un producto

    Como en el catálogo. 404 si ya no se vende en este router.
    """
    found = storefront().entries.get(product_id)
    if found is None:
        raise NotFound(ABSENT)
    return _sent(found)


@blueprint.route("/catalogo_perfiles_venta/<int:product_id>/metodos")
@blueprint.response(200, ProductMethod(many=True))
@blueprint.unchanged
@blueprint.failures(404)
def product_methods(product_id: int) -> Response:
    """Con qué se paga un producto, y lo que cuesta aparte

    Uno por método y pasarela, primero la que prefiera la tienda. Muestre la `comision` antes de
    que el cliente elija: la cobra quien recibe el pago, además del precio.
    """
    found = storefront().ways_to_pay.get(product_id)
    if found is None:
        raise NotFound(ABSENT)
    return _sent(found)


def _sent(answer: CachedAnswer) -> Response:
    """Send it, and again to whoever asks by this key while what it says is trusted."""
    answer_again(until=storefront().until)
    return answer.response()
