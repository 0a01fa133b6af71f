"""Telling the operator that the gateway does not take our orders, and what to mend."""

from __future__ import annotations

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import writing
from portal.models import GatewayAccount, utc_now
from portal.payments.gateway import Fault, Refused, Unknown
from portal.sales.context import SaleContext

KEY_REFUSED = "key_refused"
NO_KEY = "{} rechaza la llave privada: capture una llave vigente."
OTHER = "{} no aceptó un cobro ({}): revise el plan y la cuenta."
TWO_MODES = (
    "La llave pública y la llave privada no son del mismo modo (prueba o real), así que no se "
    "puede cobrar: capture las dos del mismo modo."
)
WRONG_MODE = (
    "La llave privada es de otro modo (prueba o real) que el elegido, así que no se puede cobrar: "
    "capture la llave de ese modo o cambie el modo."
)
SENTENCES = {"token_mode_mismatch": TWO_MODES, "mode_mismatch": WRONG_MODE}


def tell_operator(context: SaleContext, refusal: Refused) -> None:
    """Raise an alert where the operator has to mend something."""
    if refusal.fault is Fault.CUSTOMER:
        return
    sale = context.sale
    with writing() as session:
        if refusal.reason == KEY_REFUSED:
            session.get_one(GatewayAccount, sale.gateway_account_id).refused_at = utc_now()
            kind = AlertKind.KEY_REFUSED
            message = NO_KEY.format(context.gateway_label)
        else:
            kind = AlertKind.CHARGE_REFUSED
            message = SENTENCES.get(refusal.reason) or OTHER.format(
                context.gateway_label, refusal.reason
            )
        raise_alert(session, sale.company_id, kind, sale.gateway_account_id, message)


def tell_of_refused_key(context: SaleContext, answer: Refused | Unknown) -> None:
    """As `tell_operator`, where it is the key why nothing is known of an order."""
    if answer.reason == KEY_REFUSED:
        tell_operator(context, Refused(KEY_REFUSED, Fault.OPERATOR))
