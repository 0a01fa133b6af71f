"""Make the first administrator, by the link that the server writes at its first start."""

from __future__ import annotations

from typing import cast

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid
from portal.operators.audit import Actor
from portal.operators.first_run import invitation
from portal.operators.first_run.invitation import PARAMETER, FirstPerson
from portal.operators.people import passwords
from portal.panel.blueprint import door
from portal.panel.forms import PostedForm, read_form
from portal.panel.login import begin_session
from portal.panel.rendering import page
from portal.web.fields import Email, Text
from portal.web.request_context import caller_text, request_id
from portal.web.schemas import AdminSchema


class FirstPersonForm(AdminSchema):
    """Read who the first administrator is."""

    nombre = Text(100, attribute="name", required=True)
    empresa = Text(100, attribute="company_name", blank=None)
    email = Email(required=True)
    password = Text(passwords.LONGEST, shortest=passwords.SHORTEST, strip=False, required=True)


@door.open_page("/inicio")
def first_start() -> BaseResponse:
    """Ask for the first administrator where the invitation is good; else go to the first steps."""
    token = request.args.get(PARAMETER)
    if token is None:
        return redirect(url_for("panel.first_steps"), 303)
    invitation.check(token)
    return page("first_steps/invitation", form=PostedForm(), token=token)


@door.open_action("/inicio")
def make_first_person() -> BaseResponse:
    """Make them, and let them in."""
    token = request.form.get(PARAMETER)
    form = read_form(FirstPersonForm())
    if form.is_good:
        person = cast(FirstPerson, form.values)
        actor = Actor(person["email"], request_id(), caller_text())
        try:
            invitation.accept(actor, token, person)
        except Invalid as problem:
            form = form.with_problem(problem)
        else:
            begin_session(person["email"], person["password"])
            return redirect(url_for("panel.first_steps"), 303)
    invitation.check(token)
    return page("first_steps/invitation", 422, form=form, token=token)
