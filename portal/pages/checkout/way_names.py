"""Name the ways to pay, as customers' pages do."""

from __future__ import annotations

from portal.core.i18n import gettext
from portal.models import Plan
from portal.pages.shop import Shop
from portal.payments.methods import Method
from portal.sales.methods import names


def method_name(method: Method) -> str:
    """Name a way to pay as it is chosen."""
    return {
        Method.CARD: gettext("Tarjeta"),
        Method.TRANSFER: gettext("Transferencia (SPEI)"),
        Method.CASH: gettext("Efectivo en tiendas"),
    }[method]


def ways_in_words(shop: Shop, plan: Plan) -> str | None:
    """Name all ways to pay for a plan; None where there is no choice."""
    found = [method_name(method) for method in names(shop.ways_to_pay(plan))]
    return ", ".join(found) if len(found) > 1 else None
