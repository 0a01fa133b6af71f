"""Let a customer choose how to pay: what each way is called, what it costs on top, where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.core import formatting
from portal.core.i18n import gettext
from portal.models import Plan
from portal.pages.addresses import page_url
from portal.pages.checkout.way_names import method_name
from portal.pages.shop import Shop
from portal.pages.visits.visit import Visit
from portal.payments.methods import Method
from portal.ports import provider_of
from portal.sales.methods import OfferedMethod
from portal.web.words import METHOD_WORDS, METHODS


@dataclass(frozen=True)
class WayToPay:
    """Hold a way to pay as a page shows it; `note` is what is to be known before it is chosen."""

    label: str
    note: str | None
    url: str
    is_chosen: bool


def chosen_way(
    shop: Shop, plan: Plan, word: str | None, provider: str | None
) -> OfferedMethod | None:
    """Find the way that an address names, else the first; None where there is none at all."""
    offered = shop.ways_to_pay(plan)
    named = [each for each in offered if each.method == METHODS.get(word or "")]
    at = [each for each in named or offered if each.account.provider == provider]
    return next(iter(at or named or offered), None)


def way_of(shop: Shop, plan: Plan, method: str, provider: str | None) -> OfferedMethod | None:
    """Find exactly this one, where it is still offered."""
    return next(
        (
            each
            for each in shop.ways_to_pay(plan)
            if (each.method, each.account.provider) == (method, provider)
        ),
        None,
    )


def elsewhere(shop: Shop, plan: Plan, method: str, provider: str | None) -> OfferedMethod | None:
    """Find the same way to pay at another of the company's gateways."""
    return next(
        (
            each
            for each in shop.ways_to_pay(plan)
            if each.method == method and each.account.provider != provider
        ),
        None,
    )


def choices(
    shop: Shop, visit: Visit, plan: Plan, way: OfferedMethod, purchase_id: str
) -> list[WayToPay]:
    """List all ways where there is a choice; empty where there is none."""
    offered = shop.ways_to_pay(plan)
    if len(offered) < 2:
        return []
    at = {"router_id": shop.router.id, "plan": plan.id, "c": purchase_id}
    return [
        WayToPay(
            _label(each, offered),
            _note(each, plan),
            page_url(
                "pay_form",
                visit,
                **at,
                metodo=METHOD_WORDS[each.method],
                pasarela=each.account.provider,
            ),
            each == way,
        )
        for each in offered
    ]


def fee_note(fee: int | None, currency: str) -> str:
    """Say what is asked of the customer on top of the price, as far as it is known."""
    if fee is None:
        return gettext("La tienda cobra aparte una comisión, normalmente de $7 a $13.")
    if fee == 0:
        return gettext("Sin comisión.")
    price = formatting.price(fee, currency)
    return gettext("La tienda cobra aparte %(fee)s de comisión.") % {"fee": price}


def _label(way: OfferedMethod, offered: Sequence[OfferedMethod]) -> str:
    label = method_name(way.method)
    alike = [each for each in offered if each.method == way.method]
    return label if len(alike) == 1 else f"{label} · {provider_of(way.account).label}"


def _note(way: OfferedMethod, plan: Plan) -> str | None:
    if way.method == Method.CARD:
        return None
    if way.method == Method.TRANSFER:
        return gettext("Desde la app de tu banco.")
    return fee_note(way.terms.fee, plan.currency)
