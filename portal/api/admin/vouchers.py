"""Sell codes at the counter, show them, void them, and account for their cash."""

from __future__ import annotations

from typing import Any

from flask import Response

from portal.api.blueprints import session_blueprint
from portal.api.sessions import acting_company_id, actor, administrator
from portal.core.errors import Forbidden
from portal.models.admin_user import Role
from portal.operators.vouchers import cash
from portal.operators.vouchers.codes import codes, get_code
from portal.operators.vouchers.counter import CounterSale, sell_code
from portal.operators.vouchers.report import voucher_report
from portal.operators.vouchers.sellers import get_seller
from portal.operators.vouchers.voiding import void_code
from portal.web.fields import PageQuery
from portal.web.operator_schemas.pages import page_answer
from portal.web.operator_schemas.periods import PeriodQuery
from portal.web.operator_schemas.voucher_answers import (
    CashPage,
    HandoverAnswer,
    ShownVoucherAnswer,
    VoucherPage,
    VoucherReportAnswer,
)
from portal.web.operator_schemas.voucher_schemas import (
    CounterSaleSchema,
    HandoverSchema,
    OneRollQuery,
    VoidSchema,
    VoucherQuery,
)
from portal.web.voucher_prints import BYTES, one_roll

PREFIX = "/api/v1/admin/mi-empresa/fichas"
OWNERS_GIVE = "Solo quien administra la empresa da fichas de cortesía."

counter = session_blueprint("fichas", __name__, PREFIX, (Role.COMPANY_ADMIN, Role.CASHIER))
accounts = session_blueprint("fichas-cuentas", __name__, PREFIX)


@counter.route("", methods=["POST"])
@counter.arguments(CounterSaleSchema, example={"producto_id": 1, "clave": "caja-1-0001"})
@counter.response(201, ShownVoucherAnswer)
@counter.failures(404, 409)
def sell(values: dict[str, Any]) -> Any:
    """Vender una ficha en el mostrador; la respuesta trae el código

    El efectivo queda a cargo de quien la vende. El tiempo de la ficha empieza cuando se usa por
    primera vez, también si el producto lo cuenta desde la compra; sin usar, vence en 90 días. Si el
    router no responde, `en_router` es falso y el código sirve en cuanto responda.
    """
    sale = CounterSale(**values)
    if sale.is_courtesy and administrator().role == Role.CASHIER:
        raise Forbidden(OWNERS_GIVE)
    company_id = acting_company_id()
    return get_code(company_id, sell_code(actor(), company_id, administrator(), sale))


@counter.route("")
@counter.arguments(VoucherQuery, location="query")
@counter.response(200, VoucherPage)
@counter.failures(404)
def listing(query: dict[str, Any]) -> Any:
    """Mis fichas, la última primero

    De lotes y del mostrador. `q` busca un código entero, o el principio del id.
    """
    return page_answer("fichas", codes(acting_company_id(), **query), query)


@counter.route("/<voucher_id>")
@counter.response(200, ShownVoucherAnswer)
@counter.failures(404)
def one(voucher_id: str) -> Any:
    """Una ficha, con su código mientras no se use

    Después solo se ve el final del código.
    """
    return get_code(acting_company_id(), voucher_id)


@counter.route("/<voucher_id>.escpos")
@counter.arguments(OneRollQuery, location="query")
@counter.response(200, {"type": "string", "format": "binary"}, content_type=BYTES)
@counter.failures(404, 409)
def roll(query: dict[str, Any], voucher_id: str) -> Response:
    """Una ficha para impresora térmica, en bytes ESC/POS

    Para papel de 58 u 80 mm, como los mandan las apps de impresión. 409 si ya no sirve.
    """
    return one_roll(acting_company_id(), voucher_id, query)


@accounts.route("/<voucher_id>/anular", methods=["POST"])
@accounts.arguments(VoidSchema, example={"motivo": "Se equivocó de plan"})
@accounts.response(200, ShownVoucherAnswer)
@accounts.failures(404, 409)
def void(payload: dict[str, str], voucher_id: str) -> Any:
    """Anular una ficha que nadie usó; otra vez no cambia nada

    Deja de abrir el WiFi. Si su efectivo ya se entregó, se descuenta del corte siguiente. 409 si ya
    se usó o venció.
    """
    company_id = acting_company_id()
    void_code(actor(), company_id, voucher_id, payload["motivo"])
    return get_code(company_id, voucher_id)


@accounts.route("/reporte")
@accounts.arguments(PeriodQuery, location="query")
@accounts.response(200, VoucherReportAnswer)
def report(period: dict[str, Any]) -> Any:
    """Fichas vendidas por vendedor, lote y producto; 30 días si no se indica otra cosa

    En los días de la `zona_horaria` de la empresa, sin las anuladas. Una ficha de lote se cuenta
    como vendida cuando se usa por primera vez.
    """
    return voucher_report(acting_company_id(), **period)


@accounts.route("/cortes")
@accounts.arguments(PageQuery, location="query")
@accounts.response(200, CashPage)
def handovers(query: dict[str, Any]) -> Any:
    """Los cortes de caja, el último primero, y lo que cada vendedor tiene por entregar

    `por_entregar` es de ahora: lo vendido desde el último corte, menos lo anulado después de él.
    """
    company_id = acting_company_id()
    page = page_answer("cortes", cash.handovers(company_id, **query), query)
    return page | {"por_entregar": cash.cash_held(company_id)}


@accounts.route("/cortes", methods=["POST"])
@accounts.arguments(HandoverSchema, example={"vendedor_id": 1, "importe": "20.00"})
@accounts.response(201, HandoverAnswer)
@accounts.failures(404, 409)
def hand_over(values: dict[str, Any]) -> Any:
    """Anotar que un vendedor entregó todo su efectivo

    409 si `importe` no es lo que tiene por entregar: vendió otra ficha mientras se contaba.
    """
    company_id = acting_company_id()
    made = cash.hand_over(actor(), company_id, **values)
    return cash.ToldHandover(made, get_seller(company_id, made.seller_id))
