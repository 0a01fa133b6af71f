"""Bring a device back online, and say that it worked."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from portal.access.code_recovery import NotInNetwork, RouterAway
from portal.access.reconnection import Reconnection, Result, let_in
from portal.core.i18n import gettext
from portal.pages.blueprint import blueprint
from portal.pages.outcome import is_online
from portal.pages.plans import Notice, plans_page
from portal.pages.rendering import page, page_url, refreshed
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visits.login_form import login_url
from portal.pages.visits.proof import access_of_device, proven
from portal.pages.visits.visit import Visit
from portal.ports import settings

SECONDS_TO_READ = 1


@blueprint.post("/reconectar")
def reconnect_device(router_id: str) -> BaseResponse:
    """Log the device in with the visitor's own access, else with the one in the device's name.

    What came of the latter the router alone tells, which knows who asks.
    """
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    if visit.mac is None:
        return redirect(page_url("plans", visit, router_id=router_id), 303)
    own = proven(visit).access
    if own is not None:
        found = let_in(shop.router, own, visit.mac, visit.ip)
        return onward(found, shop, visit) or plans_page(shop, visit, Notice(why_not(found)))
    access = access_of_device(shop.router, visit)
    if access is not None:
        let_in(shop.router, access, visit.mac, visit.ip, take_over=False)
    return _to_router(shop, visit)


def _to_router(shop: Shop, visit: Visit) -> Response:
    """The same page for every device. The router's own then says whether it is online."""
    url = login_url(visit, shop.router)
    if url is None:
        return page("connecting", shop, visit, onward_url=None)
    back = settings().public_url.rstrip("/") + page_url("connected", router_id=shop.router.id)
    onward_url = f"{url}?{urlencode({'dst': back})}"
    shown = page("connecting", shop, visit, onward_url=onward_url)
    return refreshed(shown, SECONDS_TO_READ, onward_url)


@blueprint.get("/conectado")
def connected(router_id: str) -> BaseResponse:
    """Tell whether the device is online now, and for how long."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    device = proven(visit)
    if (
        device.access is None
        or visit.mac is None
        or not is_online(shop.router, device.access, visit.mac, visit.ip)
    ):
        return redirect(page_url("plans", visit, router_id=router_id), 303)
    return page("connected", shop, visit, left=device.left)


def onward(found: Reconnection, shop: Shop, visit: Visit) -> BaseResponse | None:
    """Lead to the page that says so, for a device that is online."""
    if found.online is None or found.access_id is None:
        return None
    visit = visit.with_code(found.access_id)
    return redirect(page_url("connected", visit, router_id=shop.router.id), 303)


def why_not(found: Reconnection) -> str:
    """Say why a device could not be connected."""
    return {
        Result.EXPIRED: gettext("Su código ya se terminó. Puede comprar más tiempo aquí."),
        Result.WRONG_CODE: gettext("El código no es correcto. Revíselo y escríbalo otra vez."),
        Result.ROUTER_AWAY: gettext(RouterAway.detail),
        Result.NOT_IN_NETWORK: gettext(NotInNetwork.detail),
        Result.BLOCKED: gettext(
            "El operador desactivó este acceso. Si crees que es un error, habla con el lugar."
        ),
        Result.ACTIVE: gettext(
            "El WiFi no pudo conectarlo. Si este teléfono ya navega con otro código, "
            "desconéctelo primero; si no, intente otra vez en un momento."
        ),
    }[found.result]
