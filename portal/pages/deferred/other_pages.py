"""Show what became of a deferred payment: too little came, or it is too late."""

from __future__ import annotations

from flask import Response

from portal.core import formatting
from portal.models import Sale
from portal.models.sale_states import CancelReason
from portal.pages.rendering import ComesAgain, page
from portal.pages.shop import Shop
from portal.pages.visits.visit import Visit
from portal.sales.purchase import SaleStatus


def part_received(sale: Sale) -> str | None:
    """Say how much came, where it is too little."""
    came = sale.amount_received
    is_less = came is not None and 0 < came < sale.amount
    return formatting.exact_price(came or 0, sale.currency) if is_less else None


def lapsed_page(shop: Shop, visit: Visit, sale_status: SaleStatus) -> Response:
    """Say that it is not to be paid any more, and what becomes of money that came all the same."""
    sale = sale_status.sale
    came, was_returned = part_received(sale), sale.cancel_reason == CancelReason.RETURNED
    if came is not None and not was_returned:
        return part_page(shop, visit, sale_status, came)
    is_late = sale.cancel_reason == CancelReason.EXPIRED
    return page("lapsed", shop, visit, sale_status=sale_status, came=came, is_late=is_late)


def part_page(
    shop: Shop,
    visit: Visit,
    sale_status: SaleStatus,
    came: str,
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
        came=came,
        amount=amount,
        comes_again=comes_again,
    )
