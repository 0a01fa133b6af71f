"""Let the buyer of a deferred payment not made yet choose another way to pay."""

from __future__ import annotations

from contextlib import suppress

from portal.core.leases import LostRace
from portal.models.sale_states import ASKED, MONEY_STANDS, SaleActor
from portal.sales.context import held
from portal.sales.errors import DeviceBusy, PaidMeanwhile
from portal.sales.recovery import finish
from portal.sales.steps.resolution import resolve_for_replacement


def replace_unpaid(sale_id: str) -> None:
    """Close its order at the gateway, so that the device is free to buy.

    Where the gateway does not say that it is closed the worker goes on, and money that comes all
    the same is honoured. Raises PaidMeanwhile, and DeviceBusy where somebody else works on it.
    """
    state = None
    with suppress(LostRace), held(sale_id, SaleActor.CUSTOMER) as context:
        if context is not None:
            if context.sale.state in ASKED:
                resolve_for_replacement(context)
            finish(context)
            state = context.sale.state
    if state is None:
        raise DeviceBusy
    if state in MONEY_STANDS:
        raise PaidMeanwhile(sale_id)
