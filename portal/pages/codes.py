"""Let in who comes back with a code: entered by hand, or lost and found again."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request
from marshmallow import ValidationError, validate
from werkzeug.wrappers import Response as BaseResponse

from portal.access.code_recovery import NotInNetwork, find_lost_code
from portal.access.reconnection import reconnect
from portal.core.errors import Problem
from portal.core.i18n import gettext
from portal.pages.blueprint import blueprint
from portal.pages.reconnection import onward, why_not
from portal.pages.rendering import page, page_url
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visits.visit import LONGEST_NAME, Visit, read_name
from portal.web.fields import Email, Text
from portal.web.schemas import PublicSchema


class CodeForm(PublicSchema):
    """Describe a code as it is typed; a PIN is its own password."""

    usuario = Text(LONGEST_NAME, required=True)
    contrasena = Text(LONGEST_NAME, shortest=0, load_default="")


class LostForm(PublicSchema):
    """Describe who paid, and with which card."""

    correo = Email(required=True)
    tarjeta = Text(4, shortest=4, required=True, validate=validate.Regexp("[0-9]{4}$"))


@blueprint.get("/codigo")
def code_form(router_id: str) -> Response:
    """Show the form for a code."""
    shop = open_shop(router_id, even_closed=True)
    return _code_page(shop, visit_of(shop), {"usuario": read_name(request.args)})


@blueprint.post("/codigo")
def enter_code(router_id: str) -> BaseResponse:
    """Log this device in with the code, if it is good."""
    shop = open_shop(router_id, even_closed=True)
    visit, typed = visit_of(shop), _read(CodeForm())
    if typed is None or visit.mac is None:
        trouble = gettext(NotInNetwork.detail) if typed else gettext("Escriba su código.")
        return _code_page(shop, visit, request.form, trouble, 422)
    password = typed["contrasena"] or typed["usuario"]
    try:
        found = reconnect(router_id, typed["usuario"], password, visit.mac, visit.ip, exact=True)
    except Problem as problem:
        shown = _code_page(shop, visit, request.form, gettext(problem.detail), problem.status)
        return _told(shown, problem)
    trouble = why_not(found)
    return onward(found, shop, visit) or _code_page(shop, visit, request.form, trouble, 422)


@blueprint.get("/recuperar")
def lost_form(router_id: str) -> Response:
    """Show the form for who lost a code."""
    shop = open_shop(router_id, even_closed=True)
    return _lost_page(shop, visit_of(shop), {})


@blueprint.post("/recuperar")
def find_code(router_id: str) -> BaseResponse:
    """Lead to the purchase's own page, which shows the code."""
    shop = open_shop(router_id, even_closed=True)
    visit, typed = visit_of(shop), _read(LostForm())
    if typed is None or visit.mac is None:
        unread = gettext("Escriba su correo y los últimos cuatro números de su tarjeta.")
        trouble = gettext(NotInNetwork.detail) if typed else unread
        return _lost_page(shop, visit, request.form, trouble, 422)
    try:
        sale_id = find_lost_code(
            router_id, visit.mac, visit.ip or "", typed["correo"], typed["tarjeta"]
        )
    except Problem as problem:
        shown = _lost_page(shop, visit, request.form, gettext(problem.detail), problem.status)
        return _told(shown, problem)
    return redirect(page_url("result", visit, router_id=router_id, sale_id=sale_id), 303)


def _read(form: PublicSchema) -> dict[str, str] | None:
    try:
        values: dict[str, str] = form.load({name: request.form.get(name) for name in form.fields})
    except ValidationError:
        return None
    return values


def _code_page(
    shop: Shop, visit: Visit, typed: Any, trouble: str | None = None, status: int = 200
) -> Response:
    return page("code", shop, visit, status, typed=typed, trouble=trouble)


def _lost_page(
    shop: Shop, visit: Visit, typed: Any, trouble: str | None = None, status: int = 200
) -> Response:
    return page("lost", shop, visit, status, typed=typed, trouble=trouble)


def _told(response: Response, problem: Problem) -> Response:
    """The same, with what the problem says to the browser: when to come again."""
    response.headers.update(problem.headers)
    return response
