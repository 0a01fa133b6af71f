"""Let the customer out of a payment that is not decided."""

from __future__ import annotations

from portal.models.sale_states import ASKED, GIVEN_UP, SaleActor
from portal.sales.context import held
from portal.sales.purchase import PublicState, status_of
from portal.sales.recovery import finish
from portal.sales.steps.resolution import resolve_for_customer


def cancel_for_customer(sale_id: str) -> bool:
    """Cancel at the gateway what is not decided; give True when certainly nothing is owed.

    False: not certain yet, money may still move, so nothing may be bought instead. What was
    decided meanwhile is recorded, and the sale's row says how it stands. Raises LostRace.
    """
    with held(sale_id, SaleActor.CUSTOMER) as context:
        if context is None:
            return status_of(sale_id).public_state in (PublicState.CANCELED, PublicState.DECLINED)
        if context.sale.state in ASKED:
            resolve_for_customer(context)
        finish(context)
        return context.sale.state in GIVEN_UP
