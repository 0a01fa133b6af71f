"""Show the gateway's own frame, in which the buyer is charged for an order opened before."""

from __future__ import annotations

from typing import Any

from flask import Response

from portal.core.database import reading
from portal.core.i18n import gettext
from portal.models import GatewayAccount, Sale
from portal.pages.addresses import page_url
from portal.pages.checkout.page import for_component, let_in
from portal.pages.payment_pass.offer import offer_for
from portal.pages.rendering import page
from portal.pages.shop import Shop
from portal.pages.visits.visit import Visit
from portal.ports import provider_of
from portal.sales.purchase import SaleStatus
from portal.web.page_policy import allow_popups


def frame_page(
    shop: Shop, visit: Visit, sale_status: SaleStatus, notice: str | None = None
) -> Response:
    """Show it for as long as the sale waits. It never comes anew by itself: 3DS may be under way.

    The account is the one that the sale began with, whichever is preferred by now.
    """
    with reading() as session:
        account = session.get_one(GatewayAccount, sale_status.sale.gateway_account_id)
    provider = provider_of(account)
    let_in(provider.checkout)
    allow_popups()
    return page(
        "frame",
        shop,
        visit,
        sale_status=sale_status,
        notice=notice,
        offer=offer_for(sale_status.sale, shop.time_zone),
        gateway=provider.label,
        checkout=for_component(shop, account, provider.checkout)
        | _for_frame(shop, visit, sale_status.sale),
    )


def _for_frame(shop: Shop, visit: Visit, sale: Sale) -> dict[str, Any]:
    at: dict[str, Any] = {"router_id": shop.router.id, "sale_id": sale.id}
    return {
        "checkout_id": sale.checkout_id,
        "status_url": page_url("sale_standing", visit, **at),
        "done_url": page_url("result", visit, **at, visto=1),
        "report_url": page_url("report_frame_unreachable", **at),
        "confirming": gettext("Confirmando tu pago…"),
        "card_refused": gettext(
            "El pago no se completó. Revisa los datos de tu tarjeta e intenta otra vez: esta "
            "compra nunca se cobra dos veces."
        ),
        "card_silent": gettext(
            "El formulario aún no responde. Si tu banco te pide un código, escríbelo ahí mismo; si "
            "ya pagaste, esta página lo verá sola. Esta compra nunca se cobra dos veces."
        ),
        "unsure": gettext(
            "No pudimos revisar si ya habías pagado. No pagues otra vez: recarga la página cuando "
            "tengas señal."
        ),
    }
