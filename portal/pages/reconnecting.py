"""Back online: the device that is recognised, and the page that says that it worked."""

from __future__ import annotations

from flask import redirect
from werkzeug.wrappers import Response as BaseResponse

from portal.languages import gettext
from portal.pages.blueprint import blueprint
from portal.pages.device import known_device
from portal.pages.entrance import Notice, plans_page
from portal.pages.outcome import is_online
from portal.pages.rendering import page, page_url
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visit import Visit
from portal.sales.lost_codes import NotInNetwork, RouterAway
from portal.sales.reconnect import Reconnection, Result, let_in


@blueprint.post("/reconectar")
def reconnect_device(router_id: str) -> BaseResponse:
    """Log the device in with the access that stands in its name; its code is shown to nobody."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    access = known_device(router_id, visit.mac).access
    if access is None or visit.mac is None:
        return redirect(page_url("plans", visit, router_id=router_id), 303)
    found = let_in(shop.router, access, visit.mac, visit.ip)
    return onward(found, shop, visit) or plans_page(shop, visit, Notice(why_not(found)))


@blueprint.get("/conectado")
def connected(router_id: str) -> BaseResponse:
    """Whether the device is online now, and for how long."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    device = known_device(router_id, visit.mac)
    if device.access is None or not is_online(shop.router, device.access, visit.mac, visit.ip):
        return redirect(page_url("plans", visit, router_id=router_id), 303)
    return page("connected", shop, visit, left=device.left)


def onward(found: Reconnection, shop: Shop, visit: Visit) -> BaseResponse | None:
    """The page that says so, for a device that is online."""
    if found.online is None:
        return None
    return redirect(page_url("connected", visit, router_id=shop.router.id), 303)


def why_not(found: Reconnection) -> str:
    """A sentence for a device that could not be connected."""
    return {
        Result.EXPIRED: gettext("Su código ya se terminó. Puede comprar más tiempo aquí."),
        Result.WRONG_CODE: gettext("El código no es correcto. Revíselo y escríbalo otra vez."),
        Result.ROUTER_AWAY: gettext(RouterAway.detail),
        Result.NOT_IN_NETWORK: gettext(NotInNetwork.detail),
        Result.ACTIVE: gettext("El WiFi no pudo conectarlo. Intente otra vez en un momento."),
    }[found.result]
