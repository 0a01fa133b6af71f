"""Know a browser that somebody has logged in from before, so that its tries count apart."""

from __future__ import annotations

from functools import partial

from flask import Response, after_this_request, request

from portal.operators.people import login_tries
from portal.operators.people.login_tries import KnownBrowser

COOKIE = "portal_known_browser"
# The two places where people log in.
PATHS = ("/api/v1/auth", "/panel")


def known_browser() -> KnownBrowser | None:
    """Tell whose browser asks, if somebody has logged in from it."""
    return login_tries.open_browser(request.cookies.get(COOKIE))


def remember_browser(user_id: int) -> None:
    """Have the answer of this request leave the mark."""
    after_this_request(partial(_mark, user_id))


def _mark(user_id: int, response: Response) -> Response:
    path = next((path for path in PATHS if request.path.startswith(path)), "/")
    response.set_cookie(
        COOKIE,
        login_tries.seal_browser(user_id),
        max_age=login_tries.BROWSER_SECONDS,
        path=path,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return response
