"""Show people their own account, and let them choose another password."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid, TooManyRequests
from portal.core.i18n import gettext
from portal.operators.people import own_password, second_factor
from portal.operators.people.passwords import LONGEST, SHORTEST
from portal.panel import cookie
from portal.panel.audience import ANYBODY_LOGGED_IN
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, administrator


@blueprint.page("/mi-cuenta", ANYBODY_LOGGED_IN)
def account() -> Response:
    """Show who one is, and how one comes in."""
    return _page({})


@blueprint.action("/mi-cuenta", ANYBODY_LOGGED_IN)
def change_password() -> BaseResponse:
    """Set another password, which ends all sessions, this one too."""
    current, new = (request.form.get(name, "") for name in ("current_password", "new_password"))
    wrong = password_fault(new, request.form.get("again", ""))
    if wrong:
        return _page(wrong)
    try:
        own_password.change_password(administrator(), actor(), current, new)
    except Invalid as problem:
        return _page({name: said[0] for name, said in problem.extra["errores"].items()})
    except TooManyRequests as problem:
        return _page({"": problem.detail})
    cookie.end()
    notice = gettext("Listo: entre ahora con su contraseña nueva.")
    return see_other("panel_door.login_form", notice)


def password_fault(new: str, again: str) -> dict[str, str]:
    """Say what is wrong with a password that was typed twice, by the form's fields."""
    if not SHORTEST <= len(new) <= LONGEST:
        return {"new_password": gettext("Use entre 10 y 200 caracteres.")}
    return {} if new == again else {"again": gettext("Las dos no son iguales.")}


def _page(wrong: dict[str, str]) -> Response:
    factor = second_factor.state_of(administrator().user_id)
    return page("people/account", 422 if wrong else 200, wrong=wrong, factor=factor)
