"""Paying: the form, and what becomes of it."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.errors import Problem
from portal.languages import gettext
from portal.models import Plan
from portal.pages.blueprint import blueprint
from portal.pages.checkout_form import Values, read_form
from portal.pages.checkout_page import checkout_page
from portal.pages.checkout_watch import note_reachable
from portal.pages.entrance import new_purchase_id
from portal.pages.purchases import Purchase, begun_sale, open_purchase, order_of, shown
from portal.pages.rendering import page_url
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visit import Visit
from portal.sales.problems import DeviceBusy, KeyReused, PlanNotFound
from portal.sales.purchase import buy
from portal.sales.standing import Standing, find_standing, standing_of

LONGEST_ID = 40
LOST = ("declined", "canceled")


@blueprint.get("/pagar")
def pay_form(router_id: str) -> BaseResponse:
    """The form for one plan. A purchase that was begun already leads to its own page."""
    shop = open_shop(router_id)
    visit, plan = visit_of(shop), shop.plan(request.args.get("plan", type=int))
    if plan is None or not shop.sells:
        return redirect(page_url("plans", visit, router_id=router_id, aviso="plan"), 303)
    purchase_id = request.args.get("c", "")
    begun = begun_sale(router_id, purchase_id) if purchase_id else None
    if begun is not None:
        return redirect(onward(begun, visit), 303)
    if not 0 < len(purchase_id) <= LONGEST_ID:
        return redirect(_form_url(router_id, plan.id, visit), 303)
    lost = _lost_before(router_id)
    return checkout_page(
        shop,
        visit,
        plan,
        shown(purchase_id, shop, visit, plan),
        customer=_customer_of(lost),
        declined=_why(lost),
    )


@blueprint.post("/pagar")
def pay(router_id: str) -> BaseResponse:
    """Buy what the form shows, once however often it is sent."""
    shop = open_shop(router_id)
    visit = visit_of(shop)
    purchase = open_purchase(request.form.get("compra"), router_id)
    plan = shop.plan(purchase.plan_id) if purchase else None
    if purchase is None or plan is None:
        return redirect(page_url("plans", visit, router_id=router_id, aviso="plan"), 303)
    values, errors = read_form(request.form)
    values["pin"] = request.form.get("pin")
    if errors or purchase.amount != plan.amount:
        notice = errors.get("token_tarjeta") or (None if errors else _price_changed())
        return _again(shop, visit, plan, values, 422, errors=errors, notice=notice)
    return _buy(shop, visit, plan, purchase, values)


def onward(standing: Standing, visit: Visit) -> str:
    """Where a sale that has begun goes on: the form again where it was lost, else its page."""
    sale = standing.sale
    if standing.public_state in LOST:
        return _form_url(sale.router_id, sale.plan_id, visit, de=sale.id)
    at_bank = 1 if sale.state == "pending" and sale.action_url else None
    return page_url("result", visit, router_id=sale.router_id, sale_id=sale.id, banco=at_bank)


def _buy(shop: Shop, visit: Visit, plan: Plan, purchase: Purchase, values: Values) -> BaseResponse:
    order = order_of(purchase, shop, visit, values)
    try:
        standing = standing_of(buy(order))
    except KeyReused:
        # A second press minted another card token: the first one is the purchase.
        begun = begun_sale(shop.router.id, purchase.id)
        return redirect(onward(begun, visit) if begun else request.url, 303)
    except DeviceBusy:
        return redirect(page_url("plans", visit, router_id=shop.router.id, aviso="ocupado"), 303)
    except PlanNotFound:
        return redirect(page_url("plans", visit, router_id=shop.router.id, aviso="plan"), 303)
    except Problem as problem:
        return _again(shop, visit, plan, values, problem.status, notice=gettext(problem.detail))
    note_reachable(shop)
    return redirect(onward(standing, visit), 303)


def _again(
    shop: Shop, visit: Visit, plan: Plan, values: Values, status: int, **context: Any
) -> Response:
    """The form with what was filled in, as a purchase of its own."""
    purchase = shown(new_purchase_id(), shop, visit, plan)
    return checkout_page(shop, visit, plan, purchase, customer=values, status=status, **context)


def _form_url(router_id: str, plan_id: int, visit: Visit, **values: Any) -> str:
    values |= {"router_id": router_id, "plan": plan_id, "c": new_purchase_id()}
    return page_url("pay_form", visit, **values)


def _lost_before(router_id: str) -> Standing | None:
    """The try that this one follows."""
    standing = find_standing(router_id, request.args.get("de", "")[:LONGEST_ID])
    return standing if standing and standing.public_state in LOST else None


def _customer_of(lost: Standing | None) -> Values:
    """Nobody has to fill the form in twice."""
    if lost is None or lost.sale.erased_at is not None:
        return {}
    return {
        "nombre_cliente": lost.sale.customer_name,
        "email_cliente": lost.sale.customer_email,
        "telefono_cliente": lost.sale.customer_phone,
        "pin": lost.access.kind == "pin",
    }


def _why(lost: Standing | None) -> str | None:
    """Why the try before came to nothing, in the gateway's words where it has some."""
    if lost is None:
        return None
    if lost.sale.buyer_message:
        return lost.sale.buyer_message
    if lost.public_state == "declined":
        return gettext("El pago fue declinado. Contacte a su banco.")
    return gettext("El pago anterior se canceló. Puede intentar de nuevo.")


def _price_changed() -> str:
    return gettext(
        "El precio cambió mientras llenaba la página. No se hizo ningún cargo: "
        "revise el precio y pague si está de acuerdo."
    )
