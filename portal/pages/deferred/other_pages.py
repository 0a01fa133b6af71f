"""Show what became of a deferred payment: too little came, or it is too late."""

from __future__ import annotations

from flask import Response

from portal.core import formatting
from portal.models.sale_states import CancelReason
from portal.pages.rendering import ComesAgain, page
from portal.pages.shop import Shop
from portal.pages.visits.visit import Visit
from portal.sales.deferred.part_payment import part_held, part_returned
from portal.sales.purchase import SaleStatus


def lapsed_page(shop: Shop, visit: Visit, sale_status: SaleStatus) -> Response:
    """Say that it is not to be paid any more, and what becomes of money that came all the same."""
    sale = sale_status.sale
    if part_held(sale):
        return part_page(shop, visit, sale_status)
    is_late = sale.cancel_reason == CancelReason.EXPIRED
    came = formatting.exact_price(back, sale.currency) if (back := part_returned(sale)) else None
    return page("lapsed", shop, visit, sale_status=sale_status, came=came, is_late=is_late)


def part_page(
    shop: Shop,
    visit: Visit,
    sale_status: SaleStatus,
    comes_again: ComesAgain | None = None,
) -> Response:
    """Say that too little came and who decides what becomes of it, and how to go on meanwhile."""
    sale = sale_status.sale
    amount = formatting.exact_price(sale.amount, sale.currency)
    return page(
        "part_paid",
        shop,
        visit,
        sale_status=sale_status,
        came=formatting.exact_price(part_held(sale), sale.currency),
        amount=amount,
        comes_again=comes_again,
    )
