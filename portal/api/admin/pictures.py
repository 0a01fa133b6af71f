"""Take uploads of the company's logo and of its products' pictures."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.core.errors import Problem
from portal.operators import pictures, plans
from portal.web.operator_schemas.company_schemas import CompanySchema
from portal.web.operator_schemas.product_schemas import ProductSchema
from portal.web.request_context import whole_body
from portal.web.schemas import invalid
from portal.web.uploads import FIELD, LARGEST_UPLOAD, uploaded_picture

UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "properties": {FIELD: {"type": "string", "format": "binary"}},
            }
        }
    },
}
ABOUT = "PNG, JPEG o WebP de hasta 1 MiB y 25 millones de pixeles. Se guarda reducida, como WebP."

blueprint = session_blueprint("imagenes-subidas", __name__, "/api/v1/admin")


class NotMultipart(Problem):
    status = 415
    detail = f"Envíe la imagen como multipart/form-data, en el campo «{FIELD}»."


@blueprint.route("/mi-empresa/logo", methods=["POST"])
@blueprint.doc(description=ABOUT, requestBody=UPLOAD)
@blueprint.response(200, CompanySchema)
@blueprint.failures(413, 415, 422)
def logo() -> Any:
    """Subir el logo de mi empresa"""
    company_id = acting_company_id()
    return pictures.set_logo(actor(), company_id, _uploaded())


@blueprint.route("/products/<int:product_id>/imagen", methods=["POST"])
@blueprint.doc(description=ABOUT, requestBody=UPLOAD)
@blueprint.response(200, ProductSchema)
@blueprint.failures(404, 413, 415, 422)
def product_picture(product_id: int) -> Any:
    """Subir la imagen de un producto"""
    company_id = acting_company_id()
    # Whoever names a product that is not theirs hears so before any file is read.
    plans.get(company_id, product_id)
    return pictures.set_plan_picture(actor(), company_id, product_id, _uploaded())


def _uploaded() -> bytes:
    """The file. Raises 413, 415 and Invalid."""
    if request.mimetype != "multipart/form-data":
        raise NotMultipart
    request.max_content_length = LARGEST_UPLOAD
    # Read at once: a form that turns out too large halfway leaves its files open.
    whole_body(request)
    raw = uploaded_picture()
    if not raw:
        raise invalid({FIELD: ["es obligatorio"]})
    return raw
