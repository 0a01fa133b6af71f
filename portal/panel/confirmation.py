"""Ask for the password again before what would hurt in a thief's hands."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid, TooManyRequests
from portal.operators.people import own_password
from portal.panel.addresses import onward
from portal.panel.audience import ANYBODY_LOGGED_IN
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page
from portal.panel.request import administrator


@blueprint.page("/confirmar", ANYBODY_LOGGED_IN)
def confirm_form() -> BaseResponse:
    """Ask for the password."""
    return page("confirm", onward=onward())


@blueprint.action("/confirmar", ANYBODY_LOGGED_IN)
def confirm() -> BaseResponse:
    """Check it, and go on to the page that needed it."""
    try:
        own_password.confirm(administrator(), request.form.get("password", ""))
    except (Invalid, TooManyRequests) as problem:
        shown = page("confirm", problem.status, onward=onward(), wrong=problem.detail)
        shown.headers.update(problem.headers)
        return shown
    return redirect(onward(), 303)
