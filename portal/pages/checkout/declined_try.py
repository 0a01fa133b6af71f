"""The try before this one, which came to nothing: why, and what need not be typed again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from portal.core.i18n import SPANISH, gettext, language
from portal.operators.lookup import sane
from portal.pages.checkout.form import Values
from portal.sales.status import Standing, find_standing

LOST = ("declined", "canceled")


@dataclass(frozen=True)
class Declined:
    """A sentence in the customer's language, and the gateway's own where that is another."""

    why: str
    bank_said: str | None = None


def lost_before(router_id: str) -> Standing | None:
    """The try that the request at hand follows, for who knows it by our own id."""
    sale_id = request.args.get("de", "")
    standing = find_standing(router_id, sale_id) if sane(sale_id) else None
    if standing is None or standing.sale.id != sale_id:
        return None
    return standing if standing.public_state in LOST else None


def customer_of(lost: Standing | None) -> Values:
    """What was filled in."""
    if lost is None or lost.sale.erased_at is not None:
        return {}
    return {
        "nombre_cliente": lost.sale.customer_name,
        "email_cliente": lost.sale.customer_email,
        "telefono_cliente": lost.sale.customer_phone,
        "pin": lost.access.kind == "pin",
    }


def why(lost: Standing | None) -> Declined | None:
    """Why it came to nothing, in the gateway's words where it has some."""
    if lost is None:
        return None
    said = lost.sale.buyer_message
    if said and language() == SPANISH:
        return Declined(said)
    if lost.public_state == "declined":
        return Declined(gettext("El pago fue declinado. Contacte a su banco."), said)
    return Declined(gettext("El pago anterior se canceló. Puede intentar de nuevo."), said)
