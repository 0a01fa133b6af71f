"""Show and change the company's people, for its owner."""

from __future__ import annotations

from typing import Any

from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor, administrator
from portal.operators.people import staff
from portal.web.fields import PageQuery
from portal.web.operator_schemas.pages import page_answer
from portal.web.operator_schemas.people_schemas import PersonAnswer, PersonPage, PersonSchema

NEW = {
    "email": "caja@example.com",
    "password": "siete barcos de papel",
    "nombre": "Lucía, la del mostrador",
    "rol": "cajero",
}

blueprint = session_blueprint("personas", __name__, "/api/v1/admin/mi-empresa/personas")


@blueprint.route("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, PersonPage)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Las personas de mi empresa

    Quienes pueden entrar, y quienes ya no, con su rol.
    """
    return page_answer("personas", staff.listing(acting_company_id(), **query), query)


@blueprint.route("", methods=["POST"])
@blueprint.arguments(PersonSchema, example=NEW)
@blueprint.response(201, PersonAnswer)
@blueprint.failures(409)
def create(values: Any) -> Any:
    """Dar de alta a una persona de mi empresa

    Un `cliente_admin` es dueño como usted; un `cajero` vende y mira, y no devuelve, ni ve llaves
    ni personas.
    """
    return staff.create(actor(), acting_company_id(), **values)


@blueprint.route("/<int:user_id>")
@blueprint.response(200, PersonAnswer)
def person(user_id: int) -> Any:
    """Una persona de mi empresa

    Sus datos, sin su contraseña.
    """
    return staff.get(acting_company_id(), user_id)


@blueprint.route("/<int:user_id>", methods=["PUT"])
@blueprint.arguments(PersonSchema(partial=True), example={"nombre": "Lucía Pérez"})
@blueprint.response(200, PersonAnswer)
@blueprint.failures(409)
def update(values: Any, user_id: int) -> Any:
    """Cambiar a una persona de mi empresa; si cambia algo más que su nombre, debe volver a entrar

    Solo lo que se envía cambia. Debe quedar al menos un dueño activo. `activo: false` le cierra el
    paso y termina sus sesiones. La contraseña propia no se cambia aquí, sino en
    `POST /auth/change-password`, que pide la de ahora.
    """
    return staff.update(actor(), administrator(), acting_company_id(), user_id, **values)
