"""A device that has an access here already: connected again with one press."""

from __future__ import annotations

from flask import Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from portal import ports
from portal.hotspot.router import LoggedIn, LoginRefusal, NotLoggedIn, RouterError
from portal.languages import gettext
from portal.models import Access, Router
from portal.pages.blueprint import blueprint
from portal.pages.device import known_device
from portal.pages.entrance import Notice, plans_page
from portal.pages.outcome import is_online
from portal.pages.rendering import page, page_url
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visit import Visit
from portal.ports import settings


@blueprint.post("/reconectar")
def reconnect_device(router_id: str) -> BaseResponse:
    """Log the device in with the access that stands in its name; its code is shown to nobody."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    access = known_device(router_id, visit.mac).access
    if access is None:
        return redirect(page_url("plans", visit, router_id=router_id), 303)
    trouble = _log_in(shop.router, access, visit)
    if trouble is not None:
        return plans_page(shop, visit, Notice(trouble))
    return redirect(page_url("connected", visit, router_id=router_id), 303)


@blueprint.get("/conectado")
def connected(router_id: str) -> BaseResponse:
    """Whether the device is online now, and for how long."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    device = known_device(router_id, visit.mac)
    if device.access is None or not is_online(shop.router, device.access, visit.mac):
        return redirect(page_url("plans", visit, router_id=router_id), 303)
    return _connected_page(shop, visit, device.left)


def _connected_page(shop: Shop, visit: Visit, left: float | None) -> Response:
    return page("connected", shop, visit, left=left)


def _log_in(router: Router, access: Access, visit: Visit) -> str | None:
    """None when the device is online; otherwise a sentence that says why it is not."""
    seconds = settings().router_timeout
    try:
        answer = ports.hotspot_of(router).log_in(
            access.name,
            access.password,
            visit.mac or "",
            seconds,
            address=visit.ip,
            clear_stale=True,
        )
    except RouterError:
        return gettext("El WiFi no responde en este momento. Intente otra vez en un minuto.")
    return None if isinstance(answer, LoggedIn) else _why_not(answer)


def _why_not(answer: NotLoggedIn) -> str:
    return {
        LoginRefusal.UNKNOWN_HOST: gettext(
            "Este teléfono no está en el WiFi. Únase a la red e intente otra vez."
        ),
        LoginRefusal.UPTIME_LIMIT: gettext(
            "Su código ya se terminó. Puede comprar más tiempo aquí."
        ),
        LoginRefusal.TOO_MANY_SESSIONS: gettext("Ese código ya se está usando en otro teléfono."),
    }.get(answer.reason, gettext("El WiFi no pudo conectarlo. Intente otra vez en un momento."))
