"""Let nobody into the panel but those whom each view names: closed by default."""

from __future__ import annotations

from flask import Flask, g, redirect, request, url_for
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.wrappers import Response
from wtforms import ValidationError

from portal.core import i18n
from portal.core.database import reading
from portal.core.errors import BadRequest, Forbidden, NotFound
from portal.core.records import sane
from portal.models import Company
from portal.models.admin_user import Role
from portal.operators.lookup import company_in
from portal.operators.people.acting import only_company, record_acting
from portal.operators.people.sessions import Administrator, find
from portal.panel import cookie
from portal.panel.audience import Audience
from portal.panel.blueprint import RULES, ViewRule, blueprint, door
from portal.panel.request import actor
from portal.web.request_context import whole_body


class StaleForm(BadRequest):
    detail = "La página llevaba mucho tiempo abierta. Cárguela de nuevo e intente otra vez."


def register(app: Flask) -> None:
    """Bind to the application: forms write `{{ csrf_token() }}`.

    Flask-WTF's own protection would look at every request of the API too.
    """
    # A form may lie open behind the counter for as long as its session lasts.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.jinja_env.globals["csrf_token"] = generate_csrf


@door.before_request
@blueprint.before_request
def enter() -> Response | None:
    """Check form, person, role, company and freshness, in this order. Raises Problem."""
    i18n.keep_language(cookie.kept_language())
    rule = RULES.get(request.endpoint or "")
    if rule is None:
        raise NotFound
    if rule.largest is not None:
        # At once, before the form is read, which has its token: one that turns out too large
        # halfway leaves its files open.
        request.max_content_length = rule.largest
        whole_body(request)
    _check_form()
    g.administrator = who = _current()
    if rule.audience is None:
        return None
    if who is None:
        return _to_login()
    return _admit(who, rule, rule.audience)


def _admit(who: Administrator, rule: ViewRule, audience: Audience) -> Response | None:
    g.company = _company_of(who)
    if not audience.admits(who.role):
        raise Forbidden
    if audience.for_company and g.company is None:
        return redirect(url_for("panel.company_list"), 303)
    if rule.fresh and not who.was_just_confirmed:
        return redirect(url_for("panel.confirm_form", a=request.path), 303)
    if who.role == Role.SUPER_ADMIN and g.company and request.method == "POST":
        record_acting(actor(), g.company.id, request.method, request.path)
    return None


def _check_form() -> None:
    if request.method == "POST":
        try:
            validate_csrf(request.form.get("csrf_token"))
        except ValidationError:
            raise StaleForm from None


def _current() -> Administrator | None:
    login_id = cookie.login_id()
    return find(login_id) if login_id and sane(login_id) else None


def _company_of(who: Administrator) -> Company | None:
    company_id = who.company_id if who.role != Role.SUPER_ADMIN else _acted_for()
    if company_id is None:
        return None
    with reading() as session:
        return company_in(session, company_id)


def _acted_for() -> str | None:
    """Name the company that a super_admin acts for; the only one there is needs no choice."""
    if not cookie.has_chosen_company() and (only := only_company()) is not None:
        cookie.act_for(only)
        record_acting(actor(), only, request.method, request.path)
    return cookie.acted_for()


def _to_login() -> Response:
    """Have them log in, and come back to the page that they wanted to see."""
    wanted = request.path if request.method == "GET" else None
    return redirect(url_for("panel_door.login_form", a=wanted), 303)
