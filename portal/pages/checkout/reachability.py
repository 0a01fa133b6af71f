"""Note whether phones reach the card form, which a walled garden may keep from them."""

from __future__ import annotations

from flask import Response, request
from sqlalchemy import select

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert, resolve_alerts
from portal.core.database import reading, writing
from portal.models import Alert
from portal.pages.blueprint import blueprint
from portal.pages.checkout.purchase_token import open_purchase
from portal.pages.shop import Shop, open_shop

MESSAGE = (
    "En «{router}» los teléfonos de los clientes no alcanzan el formulario de pago: "
    "revise el walled garden de ese router."
)


@blueprint.post("/pagar/sin-formulario")
def report_unreachable(router_id: str) -> Response:
    """Note what a page of ours says: that the card form did not open in time."""
    shop = open_shop(router_id)
    if open_purchase(request.form.get("compra"), shop) is not None:
        note_unreachable(shop)
    return Response(status=204)


def note_unreachable(shop: Shop) -> None:
    """Tell the operator that a phone in this WiFi did not reach the card form."""
    router, message = shop.router, MESSAGE.format(router=shop.router.name)
    with writing() as session:
        raise_alert(session, shop.company.id, AlertKind.CHECKOUT_UNREACHABLE, router.id, message)


def note_reachable(shop: Shop) -> None:
    """Note that a card was read: what was said to the contrary is over."""
    told = select(Alert.id).where(
        Alert.company_id == shop.company.id,
        Alert.kind == AlertKind.CHECKOUT_UNREACHABLE,
        Alert.subject == shop.router.id,
        Alert.resolved_at.is_(None),
    )
    with reading() as session:
        if session.scalar(told) is None:
            return
    with writing() as session:
        resolve_alerts(session, shop.company.id, AlertKind.CHECKOUT_UNREACHABLE, shop.router.id)
