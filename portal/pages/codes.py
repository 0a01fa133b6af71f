"""Let in who comes back with a code, entered by hand."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.access.code_recovery import NotInNetwork
from portal.access.reconnection import Reconnection, Result, reconnect
from portal.core.errors import Problem
from portal.core.i18n import gettext
from portal.pages.addresses import in_other_language, page_url
from portal.pages.blueprint import blueprint
from portal.pages.entering import enters_itself, send_with
from portal.pages.reconnection import onward, why_not
from portal.pages.rendering import page, told
from portal.pages.retries import Retry, asked_again, away_page, sent_now
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visits.login_hosts import default_login_url
from portal.pages.visits.typed_code import TypedCode, read_code
from portal.pages.visits.visit import Visit, read_name

# `ver`: they want to see their access, and are online already.
SENT = ("usuario", "contrasena", "ver")
Typed = Mapping[str, str | None]


@blueprint.get("/codigo")
def code_form(router_id: str) -> BaseResponse:
    """Show the form for a code; try again what the router kept from being looked at."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    if retry := asked_again(shop, visit):
        return _enter(shop, visit, retry)
    typed = {"usuario": read_name(request.args), "ver": request.args.get("ver")}
    return code_page(shop, visit, typed)


@blueprint.post("/codigo")
def enter_code(router_id: str) -> BaseResponse:
    """Log this device in with the code, if it is good."""
    shop = open_shop(router_id, even_closed=True)
    return _enter(shop, visit_of(shop), Retry(sent_now(*SENT)))


def code_page(
    shop: Shop,
    visit: Visit,
    typed: Typed,
    status: int = 200,
    *,
    trouble: str | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    """Show the form with what was typed; `trouble` is of it all, `errors` a sentence a field."""
    errors = errors or {}
    two = shop.company.portal_credentials != "pin" or typed.get("contrasena")
    return page(
        *("code", shop, visit, status),
        typed=typed,
        trouble=trouble,
        errors=errors,
        **in_other_language(visit, ver="1" if typed.get("ver") else None),
        has_password=two or "contrasena" in errors,
        login_url=default_login_url(shop.router.login_hosts),
    )


def _enter(shop: Shop, visit: Visit, retry: Retry) -> BaseResponse:
    typed = retry.sent
    code = read_code(typed["usuario"], typed["contrasena"])
    if code is None:
        return code_page(shop, visit, typed, 422, errors={"usuario": gettext("Escribe tu código.")})
    if visit.mac is None:
        return code_page(shop, visit, typed, 422, trouble=gettext(NotInNetwork.detail))
    if enters_itself(shop.router):
        back = page_url("connected", visit, router_id=shop.router.id)
        sent = send_with(shop, visit, code.name, code.password, back)
        return sent or code_page(shop, visit, typed, 422, trouble=gettext(NotInNetwork.detail))
    try:
        found = _reconnect(shop, visit, code, visit.mac)
    except Problem as problem:
        shown = code_page(shop, visit, typed, problem.status, trouble=gettext(problem.detail))
        return told(shown, problem)
    if found.result is Result.ROUTER_AWAY:
        return away_page(shop, visit, "code_form", retry)
    led = onward(found, shop, visit, sees=bool(typed["ver"]))
    return led or code_page(shop, visit, typed, 422, trouble=why_not(found))


def _reconnect(shop: Shop, visit: Visit, code: TypedCode, mac: str) -> Reconnection:
    return reconnect(
        *(shop.router.id, code.name, code.password, mac, visit.ip),
        exact=True,
        as_typed=code.as_typed,
    )
