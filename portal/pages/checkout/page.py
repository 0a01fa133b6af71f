"""Show the page with the card form, and let the browser load what that needs."""

from __future__ import annotations

from typing import Any

from flask import Response

from portal.access.payment_pass.rights import gives_passes
from portal.access.payment_pass.terms import PASS_SECONDS
from portal.core.i18n import gettext, language
from portal.models import GatewayAccount, Plan
from portal.pages.addresses import in_other_language, page_url
from portal.pages.checkout.declined_try import DeclinedTry
from portal.pages.checkout.form import Values, sentences
from portal.pages.checkout.purchase_token import PurchaseToken
from portal.pages.checkout.ways import choices, fee_note, way_of
from portal.pages.conditions import conditions_of
from portal.pages.rendering import page
from portal.pages.shop import Shop, ShopClosed
from portal.pages.visits.login_hosts import origin_of
from portal.pages.visits.visit import Visit
from portal.payments.methods import Method
from portal.payments.provider import Checkout
from portal.ports import provider_of
from portal.sales.methods import OfferedMethod
from portal.sales.purchase import SaleStatus
from portal.web.fields import pesos
from portal.web.legal_texts import simplified_notice
from portal.web.page_policy import allow
from portal.web.words import METHOD_WORDS


def checkout_page(
    shop: Shop,
    visit: Visit,
    plan: Plan,
    purchase: PurchaseToken,
    *,
    customer: Values,
    status: int = 200,
    declined: DeclinedTry | None = None,
    lost: SaleStatus | None = None,
    notice: str | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    """Show the form; `lost`: the try before, why `declined`; `errors`: a sentence a field."""
    way = way_of(shop, plan, purchase.method, purchase.provider)
    if way is None:
        raise ShopClosed
    is_card, checkout = way.method == Method.CARD, provider_of(way.account).checkout
    in_frame = is_card and checkout.charges_in_frame
    if is_card and not in_frame:
        let_in(checkout)
    sealed = purchase.sealed(shop)
    found = _found_by_get(plan, way, purchase.id, lost)
    return page(
        "pay" if is_card else "pay_deferred",
        shop,
        visit,
        status,
        plan=plan,
        purchase=sealed,
        in_frame=in_frame,
        extends=purchase.extends is not None,
        customer=customer,
        declined=declined,
        notice=notice,
        errors=errors or {},
        checkout=_for_form(shop, visit, plan, way, lost) | {"purchase": sealed},
        **_told_of_way(shop, visit, plan, way, purchase.id),
        form_url=page_url("pay", visit, router_id=shop.router.id, **found),
        **in_other_language(visit, **found),
    )


def _told_of_way(
    shop: Shop, visit: Visit, plan: Plan, way: OfferedMethod, purchase_id: str
) -> dict[str, Any]:
    """What the page says of the way to pay, of the others, and of who sells."""
    gateway = provider_of(way.account).label
    return {
        "way": way,
        "choices": choices(shop, visit, plan, way, purchase_id),
        "fee_note": fee_note,
        "lent_minutes": _lent_minutes(shop, visit, way.method),
        "simplified_notice": simplified_notice(shop.company, gateway, gettext),
        "conditions": conditions_of(shop),
        "gateway": gateway,
    }


def _found_by_get(
    plan: Plan, way: OfferedMethod, purchase_id: str, lost: SaleStatus | None
) -> dict[str, Any]:
    """What an address holds by which a GET finds this form, or what it has led to."""
    return {
        "plan": plan.id,
        "c": purchase_id,
        "de": _sale_id(lost),
        "metodo": METHOD_WORDS[way.method],
        "pasarela": way.account.provider,
    }


def _for_form(
    shop: Shop, visit: Visit, plan: Plan, way: OfferedMethod, lost: SaleStatus | None
) -> dict[str, Any]:
    """What the script of the form has to know."""
    return for_component(shop, way.account, provider_of(way.account).checkout) | {
        "amount": pesos(plan.amount),
        "report_url": page_url("report_unreachable", router_id=shop.router.id),
        # A form that was put aside asks there how things stand.
        "status_url": page_url(
            "purchase_status", visit, router_id=shop.router.id, de=_sale_id(lost)
        ),
        "wrong": sentences(),
        **_told_by_script(),
    }


def _sale_id(lost: SaleStatus | None) -> str | None:
    return lost.sale.id if lost else None


def _lent_minutes(shop: Shop, visit: Visit, method: str) -> int:
    """Give for how long who transfers may go online to do so; 0 where that is not offered.

    Whether the router has the device is told to nobody here.
    """
    is_elsewhere = method == Method.TRANSFER and visit.mac is not None
    return PASS_SECONDS // 60 if is_elsewhere and gives_passes(shop.company, shop.router) else 0


def let_in(checkout: Checkout) -> None:
    """Let the page at hand load what shows the provider's card form, and that its frames."""
    origin = origin_of(checkout.script_url)
    allow("script-src", origin, *checkout.scripts)
    for directive in ("frame-src", "connect-src", "img-src"):
        allow(directive, origin, *checkout.frames)
    # The component styles what it draws, by attributes and by elements of its own.
    allow("style-src", "'unsafe-inline'")


def for_component(shop: Shop, account: GatewayAccount, checkout: Checkout) -> dict[str, Any]:
    """Give what a page's script has to know to show the card form, with what it says of it."""
    return {
        "script_url": checkout.script_url,
        "component": checkout.component,
        "public_key": account.public_key,
        "language": language(),
        "color": shop.theme.accent,
        "color_in_dark": shop.theme.accent_in_dark,
        "paying": gettext("Pagando… no cierres esta página"),
        "unreachable": gettext(
            "No se pudo abrir el formulario de la tarjeta: este WiFi no deja llegar a él. No se "
            "hizo ningún cargo. Ya avisamos al encargado; recarga la página en un momento."
        ),
        "card_incomplete": gettext("Completa los datos de tu tarjeta."),
    }


def _told_by_script() -> dict[str, str]:
    """The sentences that the page's script shows."""
    return {
        "checking": gettext("Revisando tu tarjeta…"),
        "card_refused": gettext("Revisa los datos de tu tarjeta. No se hizo ningún cargo."),
        "unsure": gettext(
            "No pudimos revisar si ya habías pagado. No pagues otra vez: recarga la página cuando "
            "tengas señal."
        ),
        "card_silent": gettext(
            "El formulario de la tarjeta no respondió. No se hizo ningún cargo: intenta otra vez."
        ),
    }
