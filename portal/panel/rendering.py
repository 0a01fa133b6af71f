"""Answer the panel's pages: small, private, in the company's colour."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core import formatting, i18n
from portal.core.errors import Problem
from portal.models import Company
from portal.panel.help.topics import topic_for
from portal.panel.navigation import sections_for
from portal.panel.request import is_owner
from portal.panel.style import style_url
from portal.ports import time_zone_of
from portal.web.colors import theme_of
from portal.web.compression import compressed

OTHER = {i18n.SPANISH: i18n.ENGLISH, i18n.ENGLISH: i18n.SPANISH}
NAMES = {i18n.SPANISH: "Español", i18n.ENGLISH: "English"}


def register(app: Flask) -> None:
    """Give templates our words."""
    app.jinja_env.filters["said"] = i18n.translated
    app.jinja_env.globals["style_url"] = style_url
    app.jinja_env.globals["panel_moment"] = local_moment
    app.jinja_env.globals["exact_price"] = formatting.exact_price
    app.jinja_env.globals["day_text"] = formatting.short_day


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Show `templates/panel/<template>.html`, with what every page of the panel has."""
    context = {**_frame(), **context}
    return compressed(Response(render_template(f"panel/{template}.html", **context), status))


def see_other(endpoint: str, notice: str | None = None, **values: Any) -> BaseResponse:
    """Go on to a page by GET after something was done, so that a reload does not do it again.

    `notice` is shown there, once.
    """
    if notice:
        flash(notice)
    return redirect(url_for(endpoint, **values), 303)


def problem_page(problem: Problem) -> Response:
    """Show what went wrong; a problem of who asks may come before the gate has told who it is."""
    return page("problem", sentence=problem.detail)


def local_moment(moment: Any) -> str:
    """Write a moment as the company's clocks have it."""
    company: Company | None = g.get("company")
    zone = time_zone_of(company) if company else None
    return formatting.moment(moment, zone.key if zone else "UTC")


def _frame() -> dict[str, Any]:
    who, company = g.get("administrator"), g.get("company")
    other = OTHER[i18n.language()]
    sections = sections_for(who.role, has_company=company is not None) if who else []
    return {
        "who": who,
        "is_owner": who is not None and is_owner(),
        "company": company,
        "theme": theme_of(company.color if company else None),
        "sections": sections,
        "bar": [section for section in sections if section.in_bar],
        "other_language": other,
        "other_language_name": NAMES[other],
        "here": request.path,
        "help_topic": topic_for(request.path) if who else None,
    }
