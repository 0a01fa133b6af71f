"""Download codes: sheets to cut apart, bytes for thermal printers, a table."""

from __future__ import annotations

from flask import Response, request

from portal.core.errors import Forbidden
from portal.core.i18n import gettext
from portal.operators.vouchers.codes import ToldCode, get_code
from portal.panel.audience import OWNERS, STAFF
from portal.panel.blueprint import blueprint
from portal.panel.forms import read_query
from portal.panel.request import company_id, is_owner
from portal.web import voucher_prints
from portal.web.operator_schemas.voucher_schemas import OneRollQuery, RollQuery, SheetQuery
from portal.web.spreadsheets.download import EITHER

PAPERS = ("58", "80", "a4", "carta")
LONGEST_SSID = 32


@blueprint.page("/fichas/<voucher_id>.escpos", STAFF)
def voucher_roll(voucher_id: str) -> Response:
    """Send one code for a thermal printer."""
    query = read_query(OneRollQuery())
    code_to_print(voucher_id)
    return voucher_prints.one_roll(company_id(), voucher_id, query)


@blueprint.page("/fichas/lotes/<batch_id>.pdf", OWNERS)
def batch_sheets(batch_id: str) -> Response:
    """Send a batch as sheets."""
    query = read_query(SheetQuery())
    return voucher_prints.sheet_file(company_id(), batch_id, query)


@blueprint.page("/fichas/lotes/<batch_id>.escpos", OWNERS)
def batch_roll(batch_id: str) -> Response:
    """Send a batch for a thermal printer."""
    query = read_query(RollQuery())
    return voucher_prints.roll_file(company_id(), batch_id, query)


@blueprint.page(f"/fichas/lotes/<batch_id>.{EITHER}", OWNERS)
def batch_table(batch_id: str, kind: str) -> Response:
    """Send a batch as a table."""
    return voucher_prints.table_file(company_id(), batch_id, kind)


def code_to_print(voucher_id: str) -> ToldCode:
    """Find a code that whoever asks may have on paper. Raises NotFound, Forbidden."""
    code = get_code(company_id(), voucher_id)
    if not may_see(code):
        raise Forbidden(
            gettext("Esta ficha es de un lote y no se ha vendido: la imprime el dueño.")
        )
    return code


def may_see(code: ToldCode) -> bool:
    """Tell whether the code itself is shown: one of a batch is cash, and its sheets the owner's."""
    return is_owner() or code.voucher.sold_at is not None


def paper_asked() -> str:
    """Tell which paper the request is about."""
    asked = request.args.get("papel", "")
    return asked if asked in PAPERS else "58"


def ssid_asked() -> str | None:
    """Give the network that phones are to join by a QR code, where it is named."""
    return request.args.get("wifi", "").strip()[:LONGEST_SSID] or None
