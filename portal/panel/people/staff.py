"""Show the company's people to its owner, who lets them in, changes them and locks them out."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext
from portal.models.admin_user import Role
from portal.operators.people import enrolment, staff
from portal.operators.people.staff import Person
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.paging import offset_asked, paging
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, administrator, company_id
from portal.web.operator_schemas.people_schemas import PersonSchema

A_PAGE = 50


def roles() -> list[tuple[str, str]]:
    """Give the roles that an owner may give."""
    return [(Role.CASHIER, gettext("Cajero")), (Role.COMPANY_ADMIN, gettext("Dueño"))]


@blueprint.page("/personas", OWNERS)
def staff_list() -> Response:
    """List the company's people."""
    found = staff.listing(company_id(), A_PAGE, offset_asked())
    turned = paging(found.total, A_PAGE)
    return page("people/list", people=found.rows, paging=turned, me=administrator().user_id)


@blueprint.page("/personas/nueva", OWNERS, fresh=True)
def new_person() -> Response:
    """Ask who the new person is."""
    return _new_form(PostedForm({"rol": Role.CASHIER}))


@blueprint.action("/personas/nueva", OWNERS, fresh=True)
def create_person() -> BaseResponse:
    """Let a new person in."""
    form = read_form(PersonSchema())
    if not form.is_good:
        return _new_form(form)
    try:
        made = staff.create(actor(), company_id(), **form.values)
    except Invalid as problem:
        return _new_form(form.with_problem(problem))
    except Conflict as problem:
        return _new_form(form.with_problem(Invalid(errores={"email": [problem.detail]})))
    notice = gettext("Listo: %(name)s ya puede entrar con su correo y esa contraseña.")
    return see_other("panel.staff_list", notice % {"name": made.user.name})


@blueprint.page("/personas/<int:user_id>", OWNERS, fresh=True)
def person(user_id: int) -> Response:
    """Show one of the company's people, to be changed."""
    found = staff.get(company_id(), user_id)
    return _form(found, PostedForm(_said(found)))


@blueprint.action("/personas/<int:user_id>", OWNERS, fresh=True)
def change_person(user_id: int) -> BaseResponse:
    """Change what the form says of the person; a password that is left empty stays."""
    found = staff.get(company_id(), user_id)
    form = read_form(PersonSchema(), secrets=("password",), partial=True)
    if not form.is_good:
        return _form(found, form)
    try:
        staff.update(actor(), administrator(), company_id(), user_id, **form.values)
    except Invalid as problem:
        return _form(found, form.with_problem(problem))
    except Conflict as problem:
        return _form(found, form.with_problem(Invalid(problem.detail)))
    return see_other("panel.staff_list", gettext("Listo: los cambios quedaron guardados."))


@blueprint.page("/personas/<int:user_id>/sin-dos-pasos", OWNERS, fresh=True)
def lost_phone(user_id: int) -> Response:
    """Say what it means to take somebody's second step away."""
    return page("people/lost_phone", person=staff.get(company_id(), user_id))


@blueprint.action("/personas/<int:user_id>/sin-dos-pasos", OWNERS, fresh=True)
def take_second_step_away(user_id: int) -> BaseResponse:
    """Let somebody in without a code who lost the telephone and the recovery codes."""
    enrolment.remove_within(actor(), administrator(), company_id(), user_id)
    return see_other("panel.staff_list", gettext("Listo: ya entra solo con su contraseña."))


def _said(found: Person) -> dict[str, str]:
    user = found.user
    return {
        "email": user.email,
        "nombre": user.name,
        "rol": user.role,
        "activo": "1" if user.active else "",
    }


def _new_form(form: PostedForm) -> Response:
    status = 200 if form.is_good else 422
    return page("people/new", status, form=form, roles=roles())


def _form(found: Person, form: PostedForm) -> Response:
    status = 200 if form.is_good else 422
    is_me = found.user.id == administrator().user_id
    return page("people/edit", status, person=found, form=form, roles=roles(), is_me=is_me)
