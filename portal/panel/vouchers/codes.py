"""Show a code large, with its QR codes, to be shown, printed or voided."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict
from portal.core.i18n import gettext
from portal.operators.vouchers.codes import ToldCode, get_code
from portal.operators.vouchers.voiding import void_code
from portal.panel.audience import OWNERS, STAFF
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company, company_id
from portal.panel.vouchers.files import code_to_print, may_see, paper_asked, ssid_asked
from portal.panel.vouchers.selling import state_words
from portal.vouchers.printing.qr import QrMatrix
from portal.vouchers.printing.ticket import Ticket
from portal.web.operator_schemas.voucher_schemas import VoidSchema
from portal.web.voucher_tickets import price_words, terms, tickets, use_by


@blueprint.page("/fichas/<voucher_id>", STAFF)
def voucher_code(voucher_id: str) -> Response:
    """Show one."""
    return _code_page(get_code(company_id(), voucher_id))


@blueprint.page("/fichas/<voucher_id>/imprimir", STAFF)
def print_voucher(voucher_id: str) -> Response:
    """Show it as it is printed by a browser."""
    code = code_to_print(voucher_id)
    return print_page(list(tickets(company(), [code], ssid=ssid_asked())))


@blueprint.action("/fichas/<voucher_id>/anular", OWNERS)
def void_voucher(voucher_id: str) -> BaseResponse:
    """Void one that nobody used."""
    form = read_form(VoidSchema())
    if not form.is_good:
        return _code_page(get_code(company_id(), voucher_id), form, 422)
    try:
        void_code(actor(), company_id(), voucher_id, form.values["motivo"])
    except Conflict as problem:
        return see_other("panel.voucher_code", notice=problem.detail, voucher_id=voucher_id)
    done = gettext("Anulada: ya no abre el WiFi.")
    return see_other("panel.voucher_code", notice=done, voucher_id=voucher_id)


def print_page(printed: list[Ticket]) -> Response:
    """Show tickets on paper of the width that is asked for."""
    return page(
        "vouchers/print",
        tickets=printed,
        paper=paper_asked(),
        qr=QrMatrix,
        tall=request.args.get("papel") in ("58", "80"),
    )


def _code_page(code: ToldCode, form: PostedForm | None = None, status: int = 200) -> Response:
    shown = next(tickets(company(), [code]), None) if may_see(code) else None
    voucher = code.voucher
    until = use_by(voucher.use_before, company()) if voucher.use_before else None
    return page(
        "vouchers/code",
        status,
        code=code,
        ticket=shown,
        qr=QrMatrix(shown.link) if shown else None,
        price=price_words(voucher.amount, voucher.currency),
        lines=[*terms(code.access), *filter(None, [until])],
        form=form or PostedForm(),
        states=state_words(),
    )
