"""Order batches of codes, watch them grow, print and void them."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext
from portal.core.local_time import day_of
from portal.models import utc_now
from portal.operators.vouchers.batches import MOST_CODES, batches, get_batch, order_batch
from portal.operators.vouchers.codes import codes_of_batch
from portal.operators.vouchers.offers import sold_at_counter
from portal.operators.vouchers.sellers import sellers
from portal.operators.vouchers.voiding import void_batch
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.paging import offset_asked, paging
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company, company_id
from portal.panel.vouchers.codes import print_page
from portal.panel.vouchers.files import ssid_asked
from portal.ports import time_zone_of
from portal.web.operator_schemas.voucher_schemas import (
    MOST_PRINTED,
    BatchOrderSchema,
    VoidSchema,
)
from portal.web.voucher_prints import batch_order
from portal.web.voucher_tickets import price_words, tickets

A_PAGE = 20
# A sheet's worth: a page of the panel stays small.
A_PRINT = 24
USUAL_DAYS = 180
SECONDS_UNTIL_AGAIN = 5


@blueprint.page("/fichas/lotes", OWNERS)
def batch_list() -> Response:
    """List the batches, the latest first."""
    found = batches(company_id(), A_PAGE, offset_asked())
    return page("vouchers/batches", batches=found.rows, paging=paging(found.total, A_PAGE))


@blueprint.page("/fichas/lotes/nuevo", OWNERS)
def new_batch() -> Response:
    """Show the form for a batch."""
    until = day_of(utc_now(), time_zone_of(company())) + timedelta(days=USUAL_DAYS)
    typed = {"usar_antes": until.isoformat(), "cantidad": "24", "clave": secrets.token_hex(16)}
    return _form_page(PostedForm(typed))


@blueprint.action("/fichas/lotes/nuevo", OWNERS)
def add_batch() -> BaseResponse:
    """Order it; the worker makes it."""
    form = read_form(BatchOrderSchema())
    if not form.is_good:
        return _form_page(form, 422)
    try:
        made = order_batch(actor(), company_id(), batch_order(company_id(), form.values))
    except (Invalid, Conflict) as problem:
        found = form.with_problem(Invalid(problem.detail, **problem.extra))
        return _form_page(found, problem.status)
    done = gettext("Pedido: las fichas se hacen en el router mientras usted sigue.")
    return see_other("panel.batch_page", notice=done, batch_id=made.id)


@blueprint.page("/fichas/lotes/<batch_id>", OWNERS)
def batch_page(batch_id: str) -> Response:
    """Show one; while it grows the page looks again by itself."""
    return _batch_page(batch_id)


@blueprint.page("/fichas/lotes/<batch_id>/imprimir", OWNERS)
def print_batch(batch_id: str) -> Response:
    """Show a sheet's worth of codes as a browser prints them."""
    told = get_batch(company_id(), batch_id)
    asked = request.args.get("desde", "1")
    first = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
    found = codes_of_batch(company_id(), batch_id, first, first + A_PRINT - 1)
    return print_page(list(tickets(company(), found, told.batch.number, ssid_asked())))


@blueprint.action("/fichas/lotes/<batch_id>/anular", OWNERS)
def void_whole_batch(batch_id: str) -> BaseResponse:
    """Void what is unsold and unused of it."""
    form = read_form(VoidSchema())
    if not form.is_good:
        return _batch_page(batch_id, form, 422)
    many = void_batch(actor(), company_id(), batch_id, form.values["motivo"])
    done = gettext("Se anularon %(many)s fichas.") % {"many": many}
    return see_other("panel.batch_page", notice=done, batch_id=batch_id)


def _batch_page(batch_id: str, form: PostedForm | None = None, status: int = 200) -> Response:
    told = get_batch(company_id(), batch_id)
    shown = page(
        "vouchers/batch",
        status,
        told=told,
        price=price_words(told.batch.amount, told.batch.currency),
        form=form or PostedForm(),
        parts=range(1, told.batch.number + 1, MOST_PRINTED),
        part=MOST_PRINTED,
    )
    if (told.is_under_way or told.is_going_back) and status == 200:
        shown.headers["Refresh"] = str(SECONDS_UNTIL_AGAIN)
    return shown


def _form_page(form: PostedForm, status: int = 200) -> Response:
    plans, routers = sold_at_counter(company_id())
    return page(
        "vouchers/new_batch",
        status,
        form=form,
        plans=plans,
        routers=routers,
        sellers=sellers(company_id()),
        most=MOST_CODES,
    )
