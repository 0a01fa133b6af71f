"""Recall the try before this one: why it came to nothing, and what need not be typed again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from portal.core.i18n import SPANISH, gettext, language
from portal.core.records import sane
from portal.pages.checkout.form import Values
from portal.sales.decline_sentences import SENTENCES
from portal.sales.purchase import PublicState, SaleStatus, find_status

LOST = (PublicState.DECLINED, PublicState.CANCELED)


@dataclass(frozen=True)
class DeclinedTry:
    """Hold a sentence in the customer's language, and the gateway's own where that is another."""

    why: str
    bank_said: str | None = None


def lost_before(router_id: str) -> SaleStatus | None:
    """Find the try that the request at hand follows, for who knows it by our own id."""
    sale_id = request.args.get("de", "")
    sale_status = find_status(router_id, sale_id) if sane(sale_id) else None
    if sale_status is None or sale_status.sale.id != sale_id:
        return None
    return sale_status if sale_status.public_state in LOST else None


def customer_of(lost: SaleStatus | None) -> Values:
    """Give what was filled in."""
    if lost is None or lost.sale.erased_at is not None:
        return {}
    return {
        "email_cliente": lost.sale.customer_email,
        "telefono_cliente": lost.sale.customer_phone,
    }


def why(lost: SaleStatus | None) -> DeclinedTry | None:
    """Say why it came to nothing: in our words where the reason is known, else in the gateway's."""
    if lost is None:
        return None
    if lost.sale.decline_reason in SENTENCES:
        return DeclinedTry(gettext(SENTENCES[lost.sale.decline_reason]))
    said = lost.sale.buyer_message
    if said and language() == SPANISH:
        return DeclinedTry(said)
    if lost.public_state == PublicState.DECLINED:
        return DeclinedTry(gettext("El pago fue declinado. Contacte a su banco."), said)
    return DeclinedTry(gettext("El pago anterior se canceló. Puedes intentar de nuevo."), said)
