"""Show visitors the access that they have proven to be theirs: until when, code, receipt.

A router's status page sends its `$(username)` here in a form's body, never in an address that
is logged. A PIN is proven by that as by typing it, under the same limits; of a user with a
password it is only the name, so the password is asked for.
"""

from __future__ import annotations

from urllib.parse import unquote_plus

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.access.reconnection import Reconnection, Result, check_code
from portal.core.errors import Problem
from portal.core.i18n import gettext
from portal.models import Access
from portal.pages.addresses import page_url
from portal.pages.blueprint import blueprint
from portal.pages.codes import code_page
from portal.pages.outcome import is_online
from portal.pages.reconnection import why_not
from portal.pages.remaining import remaining
from portal.pages.rendering import page, told
from portal.pages.retries import Retry, asked_again, away_page
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visits.device import lasts, sale_that_made
from portal.pages.visits.proof import proven
from portal.pages.visits.typed_code import read_code
from portal.pages.visits.visit import Visit


@blueprint.get("/acceso")
def my_access(router_id: str) -> BaseResponse:
    """Show it; who has proven none yet is asked for the code."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    if retry := asked_again(shop, visit):
        return _open(shop, visit, retry)
    device = proven(visit)
    if device.access is None:
        return redirect(page_url("code_form", visit, router_id=router_id, ver=1), 303)
    if device.bought is not None:
        own = {"router_id": router_id, "sale_id": device.bought.id}
        return redirect(page_url("result", visit, **own), 303)
    return _page(shop, visit, device.access)


@blueprint.post("/acceso")
def open_access(router_id: str) -> BaseResponse:
    """Take the user that a router's status page names for the code, where it is one."""
    shop = open_shop(router_id, even_closed=True)
    # The router escapes its variables as for an address.
    user = unquote_plus(request.form.get("usuario", ""))
    return _open(shop, visit_of(shop), Retry({"usuario": user}))


def _page(shop: Shop, visit: Visit, access: Access) -> Response:
    return page(
        *("access", shop, visit),
        access=access,
        sale=sale_that_made(access),
        lines=remaining(access, shop.time_zone),
        online=is_online(shop.router, access, visit.mac, visit.ip),
    )


def _open(shop: Shop, visit: Visit, retry: Retry) -> BaseResponse:
    code, mac = read_code(retry.sent["usuario"]), visit.mac
    typed = {"usuario": retry.sent["usuario"], "ver": "1"}
    if code is None or not code.is_pin or mac is None:
        errors = {"contrasena": gettext("Escribe la contraseña para ver tu acceso.")}
        return code_page(shop, visit, typed, errors=errors if code else None)
    try:
        found = check_code(
            *(shop.router.id, code.name, code.password, mac, visit.ip),
            exact=True,
            as_typed=code.as_typed,
        )
    except Problem as problem:
        shown = code_page(shop, visit, typed, problem.status, trouble=gettext(problem.detail))
        return told(shown, problem)
    if isinstance(found, Reconnection):
        return _not_shown(shop, visit, retry, found)
    return _shown(shop, visit, found[1])


def _not_shown(shop: Shop, visit: Visit, retry: Retry, found: Reconnection) -> BaseResponse:
    if found.result is Result.ROUTER_AWAY:
        return away_page(shop, visit, "my_access", retry)
    typed = {"usuario": retry.sent["usuario"], "ver": "1"}
    return code_page(shop, visit, typed, 422, trouble=why_not(found))


def _shown(shop: Shop, visit: Visit, access: Access) -> BaseResponse:
    if not lasts(access):
        over = why_not(Reconnection(Result.EXPIRED))
        return code_page(shop, visit, {}, 422, trouble=over)
    own = visit.with_code(access.id)
    return redirect(page_url("my_access", own, router_id=shop.router.id), 303)
