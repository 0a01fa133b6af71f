"""Serve pictures that operators uploaded, to whoever knows their address."""

from __future__ import annotations

from flask import Response, current_app

from portal.api.blueprints import open_blueprint
from portal.operators import pictures

# A picture's address changes with its content.
CACHING = "public, max-age=31536000, immutable"

blueprint = open_blueprint("imagenes", __name__, "/imagenes")


@blueprint.route("/<image_id>")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/webp")
@blueprint.failures(404)
def picture(image_id: str) -> Response:
    """Una imagen de una empresa o de un producto

    Su dirección viene en `logo_url` o `imagen_url` y cambia con su contenido, así que se puede
    guardar para siempre.
    """
    image = pictures.get(image_id)
    response = current_app.response_class(image.content, mimetype=image.mimetype)
    response.headers["Cache-Control"] = CACHING
    return response
