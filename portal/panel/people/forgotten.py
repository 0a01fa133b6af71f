"""Let people in again who forgot their password: a link by mail, then another password."""

from __future__ import annotations

from flask import Response, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid, TooManyRequests, Unavailable
from portal.core.i18n import gettext
from portal.core.links.password_links import NAME
from portal.operators.people import password_reset
from portal.panel.blueprint import door
from portal.panel.people.account import password_fault
from portal.panel.rendering import page, see_other
from portal.web.fields import Email
from portal.web.request_context import caller_text, client_address, request_id


@door.open_page("/olvide")
def forgotten() -> Response:
    """Ask for the e-mail address."""
    return page("people/forgotten")


@door.open_action("/olvide")
def ask_for_link() -> BaseResponse:
    """Note the address, and say the same whosever it is."""
    typed = request.form.get("email", "")
    try:
        password_reset.ask(Email().deserialize(typed), client_address())
    except ValidationError:
        wrong = gettext("Escriba un correo como ana@example.com.")
        return page("people/forgotten", 422, email=typed, wrong=wrong)
    except (TooManyRequests, Unavailable) as problem:
        shown = page("people/forgotten", problem.status, email=typed, problem=problem.detail)
        shown.headers.update(problem.headers)
        return shown
    return page("people/link_sent", email=typed)


@door.open_page("/olvide/nueva")
def new_password() -> BaseResponse:
    """Ask for another password, of whoever has a link that is good."""
    try:
        user = password_reset.person_of(request.args.get(NAME, ""))
    except Invalid as problem:
        return page("people/forgotten", 422, problem=problem.detail)
    return page("people/new_password", email=user.email, link=request.args[NAME], wrong={})


@door.open_action("/olvide/nueva")
def set_password() -> BaseResponse:
    """Set it, use the link up, and have them log in."""
    link, new = request.form.get(NAME, ""), request.form.get("new_password", "")
    try:
        user = password_reset.person_of(link)
        wrong = password_fault(new, request.form.get("again", ""))
        if not wrong:
            password_reset.reset(link, new, caller_text(), request_id())
    except Invalid as problem:
        if "errores" not in problem.extra:
            return page("people/forgotten", 422, problem=problem.detail)
        wrong = {"new_password": problem.extra["errores"]["password"][0]}
    if wrong:
        return page("people/new_password", 422, email=user.email, link=link, wrong=wrong)
    notice = gettext("Listo: entre ahora con su contraseña nueva.")
    return see_other("panel_door.login_form", notice)
