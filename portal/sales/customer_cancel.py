"""The customer wants out of a payment that is not decided."""

from __future__ import annotations

from portal.core.database import reading
from portal.hotspot.deadline import Deadline
from portal.payments.gateway import Declined, Paid
from portal.ports import settings
from portal.sales.claims import claim_one_sale, release_sale
from portal.sales.context import load_context
from portal.sales.recovery import finish, holds_both
from portal.sales.status import status_of
from portal.sales.steps.charge import ask
from portal.sales.steps.resolution import close, record


def cancel_for_customer(sale_id: str) -> bool:
    """Cancel at the gateway what is not decided; True when it is certain that nothing is owed.

    False: not certain yet, money may still move, so nothing may be bought instead. What was
    decided meanwhile is recorded, and the sale's row says how it stands. Raises LostRace.
    """
    claim = claim_one_sale(sale_id)
    if claim is None:
        return _is_over(sale_id)
    with reading() as session:
        work = load_context(session, sale_id, Deadline(settings().sale_deadline), "customer")
    if not holds_both(work, claim):
        return _is_over(sale_id)
    if work.sale.state in ("charging", "pending"):
        answer = ask(work)
        if isinstance(answer, (Paid, Declined)):
            record(work, answer)
        else:
            close(work, "given up by the customer")
    finish(work)
    release_sale(work.sale)
    return work.sale.state in ("canceling", "canceled")


def _is_over(sale_id: str) -> bool:
    return status_of(sale_id).public_state in ("canceled", "declined")
