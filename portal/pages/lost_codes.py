"""Find a lost code again, and lead to the purchase that shows it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, redirect
from marshmallow import ValidationError, validate
from werkzeug.wrappers import Response as BaseResponse

from portal.access.code_recovery import NotInNetwork, RouterAway, find_lost_code
from portal.core.errors import Problem
from portal.core.i18n import gettext
from portal.pages.addresses import page_url
from portal.pages.blueprint import blueprint
from portal.pages.rendering import page, told
from portal.pages.retries import Retry, asked_again, away_page, sent_now
from portal.pages.shop import Shop, open_shop, visit_of
from portal.pages.visits.visit import Visit
from portal.web.fields import Email, Text
from portal.web.schemas import PublicSchema

SENT = ("correo", "tarjeta")


class LostForm(PublicSchema):
    """Describe who paid, and with which card."""

    correo = Email(required=True)
    tarjeta = Text(4, shortest=4, required=True, validate=validate.Regexp("[0-9]{4}$"))


@blueprint.get("/recuperar")
def lost_form(router_id: str) -> BaseResponse:
    """Show the form for who lost a code; try again what the router kept from being done."""
    shop = open_shop(router_id, even_closed=True)
    visit = visit_of(shop)
    if retry := asked_again(shop, visit):
        return _find(shop, visit, retry)
    return _lost_page(shop, visit, {})


@blueprint.post("/recuperar")
def find_code(router_id: str) -> BaseResponse:
    """Lead to the purchase's own page, which shows the code."""
    shop = open_shop(router_id, even_closed=True)
    return _find(shop, visit_of(shop), Retry(sent_now(*SENT)))


def _find(shop: Shop, visit: Visit, retry: Retry) -> BaseResponse:
    typed = retry.sent
    if errors := _wrong(typed):
        return _lost_page(shop, visit, typed, 422, errors=errors)
    if visit.mac is None:
        return _lost_page(shop, visit, typed, 422, trouble=gettext(NotInNetwork.detail))
    try:
        sale_id = _look_up(shop, visit, visit.mac, typed)
    except RouterAway:
        return away_page(shop, visit, "lost_form", retry)
    except Problem as problem:
        shown = _lost_page(shop, visit, typed, problem.status, trouble=gettext(problem.detail))
        return told(shown, problem)
    return redirect(page_url("result", visit, router_id=shop.router.id, sale_id=sale_id), 303)


def _look_up(shop: Shop, visit: Visit, mac: str, typed: Mapping[str, str]) -> str:
    read = LostForm().load(typed)
    return find_lost_code(shop.router.id, mac, visit.ip or "", read["correo"], read["tarjeta"])


def _wrong(typed: Mapping[str, str]) -> dict[str, str]:
    """A sentence for each field that cannot be read."""
    sentences = {
        "correo": gettext("Escribe un correo como nombre@ejemplo.com."),
        "tarjeta": gettext("Escribe los últimos 4 números de tu tarjeta."),
    }
    try:
        LostForm().load(typed)
    except ValidationError as error:
        return {name: text for name, text in sentences.items() if name in error.messages_dict}
    return {}


def _lost_page(
    shop: Shop,
    visit: Visit,
    typed: Mapping[str, str],
    status: int = 200,
    *,
    trouble: str | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    return page("lost", shop, visit, status, typed=typed, trouble=trouble, errors=errors or {})
