"""Log in to the panel and out of it, and choose its language."""

from __future__ import annotations

from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Problem, TooManyRequests, Unauthorized
from portal.core.i18n import LANGUAGES
from portal.operators.people import login, second_factor, sessions
from portal.operators.people.sessions import Login
from portal.panel import cookie
from portal.panel.addresses import onward
from portal.panel.audience import ANYBODY_LOGGED_IN
from portal.panel.blueprint import blueprint, door
from portal.panel.rendering import page, see_other
from portal.panel.request import administrator
from portal.web.known_browser import known_browser, remember_browser
from portal.web.request_context import caller_text, client_address


@door.open_page("/entrar")
def login_form() -> BaseResponse:
    """Ask for e-mail and password; who is in already goes on."""
    if g.administrator is not None:
        return redirect(onward(), 303)
    return page("login", onward=onward(), asks_code=_has_second_step())


@door.open_action("/entrar")
def log_in() -> BaseResponse:
    """Begin a session in this browser."""
    try:
        begin_session(*(request.form.get(name, "") for name in ("email", "password", "codigo")))
    except (Unauthorized, TooManyRequests) as problem:
        return _again(problem)
    return redirect(onward(), 303)


def begin_session(email: str, password: str, code: str = "") -> None:
    """Log them in, in this browser. Raises Unauthorized, TooManyRequests."""
    begun = _log_in(email, password, code)
    cookie.begin(begun)
    remember_browser(begun.user.id)


@blueprint.action("/salir", ANYBODY_LOGGED_IN)
def log_out() -> BaseResponse:
    """End the session, here and at once."""
    sessions.log_out(administrator().session_id)
    cookie.end()
    return see_other("panel_door.login_form")


@blueprint.open_action("/idioma")
def choose_language() -> BaseResponse:
    """Speak the chosen language from now on in this browser."""
    if (chosen := request.form.get("idioma", "")) in LANGUAGES:
        cookie.keep_language(chosen)
    return redirect(onward(), 303)


def _log_in(email: str, password: str, code: str) -> Login:
    return login.log_in(
        email.strip(),
        password,
        client_address(),
        caller_text(),
        request.headers.get("User-Agent"),
        known_browser(),
        code,
    )


def _has_second_step() -> bool:
    """Tell whether this browser's person has one; of a strange browser nobody can say."""
    known = known_browser()
    return known is not None and second_factor.state_of(known.user_id).is_on


def _again(problem: Problem) -> Response:
    shown = page(
        "login",
        problem.status,
        onward=onward(),
        email=request.form.get("email", ""),
        wrong=problem.detail,
        asks_code=True,
    )
    shown.headers.update(problem.headers)
    return shown
