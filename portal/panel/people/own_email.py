"""Let people change their own e-mail address: the new one answers by a link."""

from __future__ import annotations

from flask import Response, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid, Problem, TooManyRequests, Unavailable
from portal.core.i18n import gettext
from portal.core.links.email_links import NAME
from portal.operators.people import email_change
from portal.panel import cookie
from portal.panel.audience import ANYBODY_LOGGED_IN
from portal.panel.blueprint import blueprint, door
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, administrator
from portal.web.fields import Email
from portal.web.request_context import caller_text, request_id


@blueprint.page("/mi-cuenta/correo", ANYBODY_LOGGED_IN, fresh=True)
def own_email() -> Response:
    """Ask for the new address."""
    return page("people/own_email", wrong={})


@blueprint.action("/mi-cuenta/correo", ANYBODY_LOGGED_IN, fresh=True)
def ask_for_email() -> BaseResponse:
    """Note it, for a link to be sent there."""
    typed = request.form.get("email", "").strip()
    try:
        email_change.ask(actor(), administrator(), Email().deserialize(typed))
    except ValidationError:
        wrong = gettext("Escriba un correo como ana@example.com.")
        return page("people/own_email", 422, email=typed, wrong={"email": wrong})
    except (Invalid, Unavailable, TooManyRequests) as problem:
        return _again(problem, typed)
    said = gettext("Enviamos un enlace a %(email)s: ábralo ahí para confirmarlo.")
    return see_other("panel.account", said % {"email": typed})


@door.open_page("/correo/confirmar")
def email_link() -> Response:
    """Show what a link does; programs that look into mail open it too, so nothing is done yet."""
    link = request.args.get(NAME, "")
    try:
        asked = email_change.asked_by(link)
    except Invalid as problem:
        return page("people/email_link", 422, problem=problem.detail)
    return page("people/email_link", asked=asked, link=link)


@door.open_action("/correo/confirmar")
def confirm_email() -> BaseResponse:
    """Set the address, use the link up, and have them log in."""
    try:
        user = email_change.confirm(request.form.get(NAME, ""), caller_text(), request_id())
    except (Invalid, Conflict) as problem:
        return page("people/email_link", problem.status, problem=problem.detail)
    cookie.end()
    notice = gettext("Listo: desde ahora entra con %(email)s.") % {"email": user.email}
    return see_other("panel_door.login_form", notice)


def _again(problem: Problem, typed: str) -> Response:
    errors = problem.extra.get("errores") or {"": [problem.detail]}
    wrong = {name: said[0] for name, said in errors.items()}
    shown = page("people/own_email", problem.status, email=typed, wrong=wrong)
    shown.headers.update(problem.headers)
    return shown
