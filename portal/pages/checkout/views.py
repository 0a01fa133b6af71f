"""Take a payment: show the form, and lead on to what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Problem
from portal.core.i18n import chosen_language, gettext
from portal.models import Plan, Sale
from portal.pages.addresses import page_url
from portal.pages.blueprint import blueprint
from portal.pages.checkout.another_way import is_wanted_again, let_go
from portal.pages.checkout.declined_try import LOST, customer_of, lost_before, why
from portal.pages.checkout.form import Values, read_form
from portal.pages.checkout.page import checkout_page
from portal.pages.checkout.purchase_token import (
    PurchaseToken,
    begun_sale,
    order_of,
    purchase_of,
    shown,
)
from portal.pages.checkout.reachability import note_reachable
from portal.pages.checkout.ways import chosen_way, elsewhere, way_of
from portal.pages.outcome import bank_url
from portal.pages.plans import new_purchase_id
from portal.pages.shop import Shop, ShopClosed, open_shop, visit_of
from portal.pages.visits.kept_visit import later_try, page_visit
from portal.pages.visits.proof import proven
from portal.pages.visits.visit import Visit
from portal.payments.methods import Method
from portal.ports import provider_named, provider_of
from portal.sales.errors import (
    DeviceBusy,
    KeyReused,
    PaidMeanwhile,
    PaymentUnavailable,
    PlanNotFound,
)
from portal.sales.purchase import SaleStatus, buy, status_of

LONGEST_ID = 40


@blueprint.get("/pagar")
def pay_form(router_id: str) -> BaseResponse:
    """Show the form for one plan. A purchase that was begun already leads to its own page."""
    shop = open_shop(router_id, even_closed=True)
    visit, purchase_id = visit_of(shop), request.args.get("c", "")
    begun = begun_sale(router_id, visit, purchase_id) if purchase_id else None
    if begun is not None:
        return redirect(onward(begun, visit), 303)
    plan = shop.plan(request.args.get("plan", type=int))
    if not shop.is_open:
        raise ShopClosed
    word, provider = request.args.get("metodo"), request.args.get("pasarela")
    way = chosen_way(shop, plan, word, provider) if plan else None
    if plan is None or way is None:
        return _to_plans(shop, visit, "plan")
    if not 0 < len(purchase_id) <= LONGEST_ID:
        return redirect(_form_url(router_id, plan.id, visit), 303)
    lost = lost_before(router_id)
    if lost and (later := later_try(lost)):
        return redirect(onward(later, visit), 303)
    purchase = shown(purchase_id, shop, visit, plan, way)
    return checkout_page(
        shop, visit, plan, purchase, customer=customer_of(lost), declined=why(lost), lost=lost
    )


@blueprint.post("/pagar")
def pay(router_id: str) -> BaseResponse:
    """Buy what the form shows, once however often it is sent."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    purchase = purchase_of(visit, request.form.get("compra"), shop)
    if purchase is None:
        return _to_plans(shop, visit, "tarde")
    plan = shop.plan(purchase.plan_id)
    values, errors = read_form(request.form, needs_card=_needs_card(purchase))
    if shop.is_open and plan and purchase.shows(plan) and not errors:
        return _buy(shop, visit, plan, purchase, values)
    # What was bought is bought, whatever has changed since.
    begun = begun_sale(router_id, visit, purchase.id)
    if begun is not None:
        return redirect(_to_bank_or_onward(begun, visit), 303)
    if not shop.is_open:
        raise ShopClosed
    if plan is None:
        return _to_plans(shop, visit, "plan")
    notice = errors.get("token_tarjeta") if errors else _plan_changed()
    return _again(shop, visit, plan, purchase, values, 422, errors=errors, notice=notice)


def onward(sale_status: SaleStatus, visit: Visit, **values: Any) -> str:
    """Give where a sale that has begun goes on: its page, or the form again where it was lost.

    A try that was lost is past once a later one of the same visit stands.
    """
    if sale_status.public_state in LOST:
        later = later_try(sale_status)
        if later is None:
            sale = sale_status.sale
            return _form_url(sale.router_id, sale.plan_id, visit, de=sale.id)
        sale_status = later
    sale = sale_status.sale
    return page_url(
        "result", visit.with_sale(sale.id), router_id=sale.router_id, sale_id=sale.id, **values
    )


def _to_bank_or_onward(sale_status: SaleStatus, visit: Visit) -> str:
    """The same for who has just pressed the button."""
    return onward(sale_status, visit, **({"banco": 1} if bank_url(sale_status.sale) else {}))


def _buy(
    shop: Shop, visit: Visit, plan: Plan, purchase: PurchaseToken, values: Values
) -> BaseResponse:
    device = proven(visit)
    is_new = device.is_undecided and begun_sale(shop.router.id, visit, purchase.id) is None
    undecided = device.sale if is_new else None
    if undecided is not None and is_wanted_again(undecided, purchase):
        return redirect(onward(status_of(undecided.id), visit), 303)
    try:
        if undecided is not None and not let_go(undecided):
            # Whatever e-mail was typed this time, this visitor's money may still move.
            return _to_plans(shop, visit, "ocupado")
        order = order_of(purchase, shop, visit, values)
        sale_status = buy(replace(order, language=chosen_language(), visit=page_visit(visit)))
    except PaidMeanwhile as paid:
        return _to_paid(shop, visit, device.sale, paid.sale_id)
    except Problem as problem:
        return _not_bought(shop, visit, plan, purchase, values, problem)
    if order.card_token is not None:
        note_reachable(shop)
    return redirect(_to_bank_or_onward(sale_status, visit), 303)


def _to_paid(shop: Shop, visit: Visit, shown: Sale | None, paid_id: str) -> BaseResponse:
    """Lead to what was paid meanwhile, where it is the visitor's own."""
    # Found by the MAC and the e-mail alone it may be a stranger's, with its code.
    if shown is None or shown.id != paid_id:
        return _to_plans(shop, visit, "ocupado")
    return redirect(onward(status_of(paid_id), visit), 303)


def _not_bought(
    shop: Shop,
    visit: Visit,
    plan: Plan,
    purchase: PurchaseToken,
    values: Values,
    problem: Problem,
) -> BaseResponse:
    """Lead on from a purchase that was not made: where another goes on, or to the form again."""
    match problem:
        case KeyReused():
            # A second press minted another card token: the first one is the purchase.
            begun = begun_sale(shop.router.id, visit, purchase.id)
            if begun is None:
                return _to_plans(shop, visit, "plan")
            return redirect(_to_bank_or_onward(begun, visit), 303)
        case DeviceBusy():
            return _to_plans(shop, visit, "ocupado")
        case PlanNotFound():
            return _to_plans(shop, visit, "plan")
        case _:
            return _not_sold(shop, visit, plan, purchase, values, problem)


def _not_sold(
    shop: Shop,
    visit: Visit,
    plan: Plan,
    purchase: PurchaseToken,
    values: Values,
    problem: Problem,
) -> Response:
    """Show the form again; another gateway's where nothing could be charged at this one."""
    notice, other = gettext(problem.detail), None
    if isinstance(problem, PaymentUnavailable):
        other = elsewhere(shop, plan, purchase.method, purchase.provider)
    if other is not None:
        names = provider_named(purchase.provider or "").label, provider_of(other.account).label
        purchase = replace(purchase, provider=other.account.provider)
        notice = _paid_elsewhere(*names)
    shown = _again(shop, visit, plan, purchase, values, problem.status, notice=notice)
    shown.headers.update(problem.headers)
    return shown


def _paid_elsewhere(tried: str, other: str) -> str:
    sentence = gettext(
        "%(tried)s no está disponible en este momento y no se hizo ningún cargo. Puedes pagar aquí "
        "mismo con %(other)s."
    )
    return sentence % {"tried": tried, "other": other}


def _needs_card(purchase: PurchaseToken) -> bool:
    is_card = purchase.method == Method.CARD
    return is_card and not provider_named(purchase.provider or "").checkout.charges_in_frame


def _again(
    shop: Shop,
    visit: Visit,
    plan: Plan,
    before: PurchaseToken,
    values: Values,
    status: int,
    **context: Any,
) -> Response:
    """The form with what was filled in, as a purchase of its own, paid as it was to be before."""
    way = way_of(shop, plan, before.method, before.provider) or chosen_way(shop, plan, None, None)
    if way is None:
        raise ShopClosed
    purchase = shown(new_purchase_id(), shop, visit, plan, way)
    return checkout_page(shop, visit, plan, purchase, customer=values, status=status, **context)


def _form_url(router_id: str, plan_id: int, visit: Visit, **values: Any) -> str:
    values |= {"router_id": router_id, "plan": plan_id, "c": new_purchase_id()}
    return page_url("pay_form", visit, **values)


def _to_plans(shop: Shop, visit: Visit, notice: str) -> BaseResponse:
    return redirect(page_url("plans", visit, router_id=shop.router.id, aviso=notice), 303)


def _plan_changed() -> str:
    return gettext(
        "Este plan cambió mientras llenabas la página. No se hizo ningún cargo: revisa el precio "
        "y lo que incluye, y paga si estás de acuerdo."
    )
