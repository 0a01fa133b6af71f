"""Order batches of codes, see how far they are, print and void them."""

from __future__ import annotations

from typing import Any

from flask import Response

from portal.api.admin.vouchers import PREFIX
from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor
from portal.operators.vouchers.batches import batches, get_batch, order_batch
from portal.operators.vouchers.voiding import void_batch
from portal.web.fields import PageQuery
from portal.web.operator_schemas.pages import page_answer
from portal.web.operator_schemas.voucher_answers import BatchAnswer, BatchPage
from portal.web.operator_schemas.voucher_schemas import (
    BatchOrderSchema,
    RollQuery,
    SheetQuery,
    VoidSchema,
)
from portal.web.spreadsheets.download import FileKind
from portal.web.voucher_prints import (
    BYTES,
    PDF,
    batch_order,
    roll_file,
    sheet_file,
    table_file,
)

ORDER = {
    "producto_id": 1,
    "cantidad": 48,
    "vendedor": "Abarrotes Lupe",
    "precio": "18.00",
    "prefijo": "KF",
    "usar_antes": "2099-06-30",
}
TABLE = (
    "numero,codigo,estado,producto,precio,moneda,vendedor,router,creada,usar_antes,vendida,usada,"
    'anulada,motivo\r\n1,"=""KF123456""",disponible,1 Hora de Internet,18.00,MXN,Abarrotes Lupe,'
    "Patio,2026-11-28 13:00:00,,,,,\r\n"
)

blueprint = session_blueprint("fichas-lotes", __name__, f"{PREFIX}/lotes")


@blueprint.route("", methods=["POST"])
@blueprint.arguments(BatchOrderSchema, example=ORDER)
@blueprint.response(201, BatchAnswer)
@blueprint.failures(404, 409)
def order(values: dict[str, Any]) -> Any:
    """Pedir un lote de fichas; el trabajador las hace en el router sin frenar las ventas

    `hechas` dice cuántas van. Su efectivo queda a cargo del vendedor; cada ficha se cuenta como
    vendida cuando se usa por primera vez, y entonces empieza su tiempo. Los PIN llevan más dígitos
    que `pin_digitos` cuando son tantos que uno se podría adivinar; si no alcanzan, 422.
    """
    company_id = acting_company_id()
    made = order_batch(actor(), company_id, batch_order(company_id, values))
    return get_batch(company_id, made.id)


@blueprint.route("")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, BatchPage)
def listing(query: dict[str, Any]) -> Any:
    """Mis lotes de fichas, el último primero

    Con cuántas fichas de cada uno están disponibles, vendidas, usadas, vencidas y anuladas.
    """
    return page_answer("lotes", batches(acting_company_id(), **query), query)


@blueprint.route("/<batch_id>")
@blueprint.response(200, BatchAnswer)
@blueprint.failures(404)
def one(batch_id: str) -> Any:
    """Un lote y cuánto va de él

    `problema` dice por qué espera; se sigue solo cuando se arregla.
    """
    return get_batch(acting_company_id(), batch_id)


@blueprint.route("/<batch_id>/anular", methods=["POST"])
@blueprint.arguments(VoidSchema, example={"motivo": "Se perdió la hoja"})
@blueprint.response(200, BatchAnswer)
@blueprint.failures(404)
def void(payload: dict[str, str], batch_id: str) -> Any:
    """Anular lo que nadie compró ni usó de un lote, y no hacer más de él

    Lo usado sigue como está. Un uso se conoce al leer el router, cada dos minutos.
    """
    company_id = acting_company_id()
    void_batch(actor(), company_id, batch_id, payload["motivo"])
    return get_batch(company_id, batch_id)


@blueprint.route("/<batch_id>.pdf")
@blueprint.arguments(SheetQuery, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
@blueprint.failures(404, 422)
def pdf(query: dict[str, Any], batch_id: str) -> Response:
    """Hojas para recortar, 3 por 8, en carta o A4

    Las fichas que aún sirven, de `desde` a `hasta`, 480 a lo más.
    """
    return sheet_file(acting_company_id(), batch_id, query)


@blueprint.route("/<batch_id>.escpos")
@blueprint.arguments(RollQuery, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=BYTES)
@blueprint.failures(404, 422)
def escpos(query: dict[str, Any], batch_id: str) -> Response:
    """Las fichas de un lote para impresora térmica, en bytes ESC/POS

    Las que aún sirven, de `desde` a `hasta`, 480 a lo más, una tras otra.
    """
    return roll_file(acting_company_id(), batch_id, query)


@blueprint.route("/<batch_id>.csv")
@blueprint.response(200, {"type": "string", "example": TABLE}, content_type="text/csv")
@blueprint.failures(404)
def table(batch_id: str) -> Response:
    """Un lote como tabla para hojas de cálculo

    UTF-8, separada por comas, con fechas en la `zona_horaria` de la empresa; los códigos quedan
    como son.
    """
    return table_file(acting_company_id(), batch_id, FileKind.CSV)
