"""Answer pages: small, private, in the shop's colours, with what a browser needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, render_template, request

from portal.core import formatting
from portal.core.errors import Problem, Unavailable
from portal.core.i18n import gettext
from portal.pages.addresses import in_other_language, page_url
from portal.pages.shop import Shop
from portal.pages.visits.visit import Visit
from portal.ports import settings
from portal.web.colors import theme_of
from portal.web.compression import compressed
from portal.web.picture_paths import own_path
from portal.web.plan_features import features

SECONDS_UNTIL_AGAIN = 60


@dataclass(frozen=True)
class ComesAgain:
    """Say after how many seconds a page comes anew by itself, at the address of ours `url`.

    Without one it does where it is. By a script that first sees whether we can be reached: where a
    `Refresh` finds no network, WebKitGTK 2.50.6 and Chromium 156 put an error in the page's place,
    and only a Chromium with a window asks again. A page that moves while somebody reads it must say
    so in words.
    """

    seconds: int
    url: str = ""


def register(app: Flask) -> None:
    """Give templates our words and addresses."""
    app.jinja_env.globals["formatting"] = formatting
    app.jinja_env.globals["features"] = features
    app.jinja_env.globals["page_url"] = page_url
    app.jinja_env.globals["own_path"] = own_path
    app.jinja_env.globals["default_theme"] = theme_of(None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def page(
    template: str, shop: Shop | None, visit: Visit | None = None, status: int = 200, **context: Any
) -> Response:
    """Show a page of this shop, compressed where the browser can take it."""
    visit = visit or Visit()
    told = {"shop": shop, "visit": visit, "sends_mail": bool(settings().smtp_host)}
    context = told | in_other_language(visit) | context
    return compressed(Response(render_template(f"pages/{template}.html", **context), status))


def problem_page(problem: Problem) -> Response:
    """Show the page that tells a person what went wrong, in their language.

    What may be over soon is asked for again by itself; what was sent is never sent again so.
    """
    is_over_soon = isinstance(problem, Unavailable) and problem.is_short
    again = ComesAgain(SECONDS_UNTIL_AGAIN) if is_over_soon and request.method == "GET" else None
    return page("problem", None, sentence=gettext(problem.detail), comes_again=again)


def leads_on(response: Response, seconds: int, url: str) -> Response:
    """Have the browser go on from a page to `url`, which is not ours, after so many seconds.

    By a header, which every browser heeds as it does the element.
    """
    response.headers["Refresh"] = f"{seconds};url={url}"
    return response


def told(response: Response, problem: Problem) -> Response:
    """Give the same, with what the problem says to the browser: when to come again."""
    response.headers.update(problem.headers)
    return response
