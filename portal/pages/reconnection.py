"""Bring a device back online, and say that it worked."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from portal.access.code_recovery import NotInNetwork, RouterAway
from portal.access.reconnection import Reconnection, Result, let_in
from portal.core.i18n import gettext
from portal.models import Access
from portal.pages.addresses import page_url
from portal.pages.blueprint import blueprint
from portal.pages.entering import await_start, enters_itself, send_in
from portal.pages.outcome import is_online
from portal.pages.plans import Notice, plans_page
from portal.pages.remaining import remaining
from portal.pages.rendering import leads_on, page
from portal.pages.retries import Retry, asked_again, away_page
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visits.login_form import login_url
from portal.pages.visits.proof import accesses_of_device, proven
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
        return _with_own(shop, visit, own, visit.mac, Retry({}))
    for access in accesses_of_device(shop.router, visit):
        found = let_in(shop.router, access, visit.mac, visit.ip, take_over=False)
        if found.online is not None or found.result is Result.ROUTER_AWAY:
            break
    return _to_router(shop, visit)


@blueprint.get("/reconectar")
def reconnect_again(router_id: str) -> BaseResponse:
    """Try again with the visitor's own access what the router kept from being done."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    retry, own = asked_again(shop, visit), proven(visit).access
    if retry is None or own is None or visit.mac is None:
        return redirect(page_url("plans", visit, router_id=router_id), 303)
    return _with_own(shop, visit, own, visit.mac, retry)


def _with_own(shop: Shop, visit: Visit, own: Access, mac: str, retry: Retry) -> BaseResponse:
    # Also where the phone enters by itself: its router lets no more devices in than were bought.
    found = let_in(shop.router, own, mac, visit.ip)
    is_over = found.result in (Result.EXPIRED, Result.BLOCKED)
    if enters_itself(shop.router) and found.online is None and not is_over:
        back = page_url("connected", visit, router_id=shop.router.id)
        return send_in(shop, visit, own, back) or _to_router(shop, visit)
    if found.result is Result.ROUTER_AWAY:
        return away_page(shop, visit, "reconnect_again", retry)
    return onward(found, shop, visit) or plans_page(shop, visit, Notice(why_not(found)))


def _to_router(shop: Shop, visit: Visit) -> Response:
    """The same page for every device. The router's own then says whether it is online."""
    url = login_url(visit, shop.router)
    if url is None:
        return page("connecting", shop, visit, onward_url=None)
    back = settings().public_url.rstrip("/") + page_url("connected", router_id=shop.router.id)
    onward_url = f"{url}?{urlencode({'dst': back})}"
    shown = page("connecting", shop, visit, onward_url=onward_url)
    return leads_on(shown, SECONDS_TO_READ, onward_url)


@blueprint.get("/conectado")
def connected(router_id: str) -> BaseResponse:
    """Tell whether the device is online now, and for how long."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    access = proven(visit).access
    if access is None and enters_itself(shop.router):
        # Whoever has proven nothing is told nothing: its router's own page says whether it is in.
        return page("connecting", shop, visit, onward_url=None)
    if access is None or visit.mac is None:
        return redirect(page_url("plans", visit, router_id=router_id), 303)
    online = is_online(shop.router, access, visit.mac, visit.ip)
    if online is None:
        return away_page(shop, visit, "connected", asked_again(shop, visit) or Retry({}))
    if not online:
        back = page_url("connected", visit, router_id=router_id)
        entering = await_start(shop, visit, back) if enters_itself(shop.router) else None
        return entering or redirect(page_url("plans", visit, router_id=router_id), 303)
    return page("connected", shop, visit, lines=remaining(access, shop.time_zone))


def onward(
    found: Reconnection, shop: Shop, visit: Visit, *, sees: bool = False
) -> BaseResponse | None:
    """Lead a device that is online to the page that says so; `sees`: to its access itself."""
    if found.online is None or found.access_id is None:
        return None
    visit = visit.with_code(found.access_id)
    endpoint = "my_access" if sees else "connected"
    return redirect(page_url(endpoint, visit, router_id=shop.router.id), 303)


def why_not(found: Reconnection) -> str:
    """Say why a device could not be connected."""
    return {
        Result.EXPIRED: gettext("Tu código ya se terminó. Puedes comprar más tiempo aquí."),
        Result.WRONG_CODE: gettext("El código no es correcto. Revísalo y escríbelo otra vez."),
        Result.ROUTER_AWAY: gettext(RouterAway.detail),
        Result.NOT_IN_NETWORK: gettext(NotInNetwork.detail),
        Result.ENTERS_ITSELF: gettext(
            "Aquí te conectas desde la página del WiFi: entra con tu código y vuelve a mirar."
        ),
        Result.BLOCKED: gettext(
            "El operador desactivó este acceso. Si crees que es un error, habla con el lugar."
        ),
        Result.ACTIVE: gettext(
            "El WiFi no pudo conectarte. Si este teléfono ya navega con otro código, desconéctalo "
            "primero; si no, intenta otra vez en un momento."
        ),
    }[found.result]
