"""Sell a code in two taps: the plan, and there it is."""

from __future__ import annotations

import secrets

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import gettext
from portal.operators.vouchers.codes import STATES, codes
from portal.operators.vouchers.counter import VALID_DAYS, CounterSale, sell_code
from portal.operators.vouchers.offers import sold_at_counter
from portal.panel.audience import STAFF
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.paging import offset_asked, paging
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, administrator, company_id, is_owner
from portal.web.operator_schemas.voucher_schemas import CounterSaleSchema

A_PAGE = 20


@blueprint.page("/fichas", STAFF)
def voucher_sale() -> Response:
    """Show what can be sold, a button a plan."""
    return _sale_page()


@blueprint.action("/fichas", STAFF)
def sell_voucher() -> BaseResponse:
    """Sell a code and show it; the same tap shows the same code again."""
    form = read_form(CounterSaleSchema())
    if not form.is_good:
        return _sale_page(form, 422)
    sale = CounterSale(**form.values)
    if sale.is_courtesy and not is_owner():
        raise Forbidden
    try:
        sold = sell_code(actor(), company_id(), administrator(), sale)
    except (Invalid, Conflict) as problem:
        found = form.with_problem(Invalid(problem.detail, **problem.extra))
        return _sale_page(found, problem.status)
    return see_other("panel.voucher_code", voucher_id=sold)


@blueprint.page("/fichas/lista", STAFF)
def voucher_list() -> Response:
    """List the codes, the latest first; a code that is typed whole is found."""
    state, text = request.args.get("estado", ""), request.args.get("q", "")[:100]
    wanted = state if state in STATES else None
    found = codes(company_id(), A_PAGE, offset_asked(), state=wanted, text=text)
    return page(
        "vouchers/list",
        codes=found.rows,
        paging=paging(found.total, A_PAGE),
        state=wanted,
        text=text,
        states=state_words(),
    )


def state_words() -> dict[str, str]:
    """Say how a code stands."""
    return {
        "available": gettext("Disponible"),
        "sold": gettext("Vendida"),
        "used": gettext("Usada"),
        "expired": gettext("Vencida"),
        "voided": gettext("Anulada"),
    }


def _sale_page(form: PostedForm | None = None, status: int = 200) -> Response:
    plans, routers = sold_at_counter(company_id())
    latest = codes(company_id(), 5, 0).rows
    return page(
        "vouchers/sell",
        status,
        plans=plans,
        routers=routers,
        names={router.id: router.name for router in routers},
        latest=latest,
        form=form or PostedForm(),
        key=secrets.token_hex(16),
        valid_days=VALID_DAYS,
        states=state_words(),
    )
