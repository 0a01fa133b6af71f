"""Telling the operator that the gateway does not take our orders, and what to mend."""

from __future__ import annotations

from portal.database import writing
from portal.models import GatewayAccount, utc_now
from portal.payments.gateway import Fault, Refused, Unknown
from portal.sales.alerts import raise_alert
from portal.sales.work import Work

KEY_REFUSED = "key_refused"
CHARGE_REFUSED = "charge_refused"


def tell_operator(work: Work, refusal: Refused) -> None:
    """Raise an alert where the operator has to mend something."""
    if refusal.fault is Fault.CUSTOMER:
        return
    sale = work.sale
    with writing() as session:
        if refusal.reason == KEY_REFUSED:
            session.get_one(GatewayAccount, sale.gateway_account_id).refused_at = utc_now()
            kind = KEY_REFUSED
            message = "Conekta rechaza la llave privada: capture una llave vigente."
        else:
            kind = CHARGE_REFUSED
            message = f"Conekta no aceptó un cobro ({refusal.reason}): revise el plan y la cuenta."
        raise_alert(session, sale.company_id, kind, sale.gateway_account_id, message)


def tell_of_refused_key(work: Work, answer: Refused | Unknown) -> None:
    """As `tell_operator`, where it is the key why nothing is known of an order."""
    if answer.reason == KEY_REFUSED:
        tell_operator(work, Refused(KEY_REFUSED, Fault.OPERATOR))
