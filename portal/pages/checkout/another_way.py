"""Free a visitor of a purchase that waits for them alone, so that they may pay another way."""

from __future__ import annotations

from portal.core.leases import LostRace
from portal.models import Sale
from portal.pages.checkout.purchase_token import PurchaseToken
from portal.pages.outcome import is_part_paid, waits_for_buyer
from portal.sales.customer_cancel import cancel_for_customer
from portal.sales.deferred.replacing import replace_unpaid


def is_wanted_again(sale: Sale, purchase: PurchaseToken) -> bool:
    """Tell whether it is what the visitor has a reference for: nobody is given two for one wish."""
    same = (sale.method, sale.plan_id) == (purchase.method, purchase.plan_id)
    return same and waits_for_buyer(sale)


def let_go(sale: Sale) -> bool:
    """Close its order at the gateway first; give False where money may still move otherwise.

    What came of one that is paid in part stays before the operator.
    Raises PaidMeanwhile, DeviceBusy.
    """
    if waits_for_buyer(sale) or is_part_paid(sale):
        replace_unpaid(sale.id)
        return True
    try:
        return sale.checkout_id is not None and cancel_for_customer(sale.id)
    except LostRace:
        return False
