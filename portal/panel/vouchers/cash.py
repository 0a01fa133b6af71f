"""Settle the cash of codes with whoever sold them."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict
from portal.core.formatting import price_in_full
from portal.core.i18n import gettext
from portal.operators.vouchers.cash import cash_held, hand_over, handovers
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.paging import offset_asked, paging
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.web.operator_schemas.voucher_answers import signed_pesos
from portal.web.operator_schemas.voucher_schemas import HandoverSchema

A_PAGE = 20


@blueprint.page("/fichas/cortes", OWNERS)
def cash_page() -> Response:
    """Show what each seller has to hand over, and what they did."""
    return _cash_page()


@blueprint.action("/fichas/cortes", OWNERS)
def settle_cash() -> BaseResponse:
    """Record that a seller handed over all of it."""
    form = read_form(HandoverSchema())
    if not form.is_good:
        return _cash_page(form, 422)
    try:
        made = hand_over(actor(), company_id(), **form.values)
    except Conflict as problem:
        return _cash_page(PostedForm(form.typed, {}, {"": problem.detail}), 409)
    said = {"amount": price_in_full(made.amount, made.currency)}
    return see_other("panel.cash_page", notice=gettext("Corte anotado: %(amount)s.") % said)


def _cash_page(form: PostedForm | None = None, status: int = 200) -> Response:
    found = handovers(company_id(), A_PAGE, offset_asked())
    return page(
        "vouchers/cash",
        status,
        held=cash_held(company_id()),
        handovers=found.rows,
        paging=paging(found.total, A_PAGE),
        form=form or PostedForm(),
        pesos=signed_pesos,
    )
