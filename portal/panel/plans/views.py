"""List the plans in their order, and make and change them."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext
from portal.models import Plan
from portal.models.router import Delivery
from portal.operators import plans, routers
from portal.operators.plan_advice import advice_on, lacking
from portal.operators.profiles.making import ProfileMade, make_missing
from portal.operators.profiles.reading import RouterProfiles, read_profiles
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.plans.form import NEW, SCHEMA, typed_of
from portal.panel.plans.preview import written_plan
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id

# Whoever opens the page waits for it.
SECONDS = 2.5
MOST_ROUTERS = 200


@blueprint.page("/planes", OWNERS)
def plan_list() -> Response:
    """Show all plans as they are ordered for customers, those taken off sale last."""
    names = {router.id: router.name for router in _routers()}
    return page("plans/list", plans=plans.in_order(company_id()), router_names=names)


@blueprint.page("/planes/nuevo", OWNERS)
def new_plan() -> Response:
    """Show an empty form."""
    return _form(PostedForm(NEW))


@blueprint.action("/planes/nuevo", OWNERS)
def create_plan() -> BaseResponse:
    """Make the plan, or only show how it would look."""
    form = read_form(SCHEMA)
    if _asks_for_preview():
        return _form(form, preview=written_plan())
    if form.is_good:
        try:
            plan = plans.create(actor(), company_id(), **form.values)
            said = gettext("Listo: «%(plan)s» está guardado.") % {"plan": plan.name}
            return see_other("panel.edit_plan", said, plan_id=plan.id)
        except (Invalid, Conflict) as problem:
            form = _with(form, problem)
    return _form(form, status=422, preview=written_plan())


@blueprint.page("/planes/<int:plan_id>", OWNERS)
def edit_plan(plan_id: int) -> Response:
    """Show the plan's form, its card, and what its routers do not keep of it."""
    plan = plans.get(company_id(), plan_id)
    return _form(PostedForm(typed_of(plan)), plan=plan, preview=plan)


@blueprint.action("/planes/<int:plan_id>", OWNERS)
def change_plan(plan_id: int) -> BaseResponse:
    """Save the changes, or only show how they would look. What was sold stays as it was."""
    plan = plans.get(company_id(), plan_id)
    form, preview = read_form(SCHEMA), written_plan(plan.image_url)
    if _asks_for_preview():
        return _form(form, plan=plan, preview=preview)
    if form.is_good:
        try:
            changed = plans.update(actor(), company_id(), plan_id, **form.values)
            said = gettext("Listo: «%(plan)s» está guardado.") % {"plan": changed.name}
            return see_other("panel.edit_plan", said, plan_id=plan_id)
        except (Invalid, Conflict) as problem:
            form = _with(form, problem)
    return _form(form, status=422, plan=plan, preview=preview)


@blueprint.action("/planes/<int:plan_id>/mover", OWNERS)
def move_plan(plan_id: int) -> BaseResponse:
    """Change places with the plan above or below."""
    plans.move(actor(), company_id(), plan_id, up=request.form.get("hacia") != "abajo")
    return see_other("panel.plan_list")


@blueprint.action("/planes/<int:plan_id>/perfil", OWNERS)
def make_plan_profile(plan_id: int) -> BaseResponse:
    """Make the plan's profile on the routers that lack it."""
    said = " ".join(_told(made) for made in make_missing(actor(), company_id(), plan_id))
    return see_other("panel.edit_plan", said, plan_id=plan_id)


def _form(
    form: PostedForm, status: int = 200, plan: Plan | None = None, preview: Plan | None = None
) -> Response:
    mine = _routers()
    asked = read_profiles(company_id(), plan.router_id if plan else None, SECONDS)
    return page(
        "plans/form",
        status,
        form=form,
        plan=plan,
        preview=preview,
        routers=[("", gettext("Todos mis routers")), *((r.id, r.name) for r in mine)],
        roams=any(router.delivery == Delivery.RADIUS for router in mine),
        profiles=_choices(asked, str(form.typed.get("perfil") or "")),
        silent=[router for router in asked if router.profiles is None],
        advice=advice_on(plan, asked) if plan and plan.active else [],
        lacking=lacking(plan, asked) if plan else [],
    )


def _choices(asked: list[RouterProfiles], current: str) -> list[tuple[str, str]]:
    """The profiles of the routers that answered; the plan's own in any case."""
    names = {profile.name for router in asked for profile in router.profiles or ()}
    options = [(name, name) for name in sorted(names, key=str.casefold)]
    if current and current not in names:
        answered = any(router.profiles is not None for router in asked)
        note = gettext("%(profile)s (no está en el router)") % {"profile": current}
        options.insert(0, (current, note if answered else current))
    return options


def _routers() -> Any:
    return routers.listing(company_id(), MOST_ROUTERS, 0).rows


def _asks_for_preview() -> bool:
    return request.form.get("accion") == "vista"


def _with(form: PostedForm, problem: Invalid | Conflict) -> PostedForm:
    if isinstance(problem, Conflict):
        return PostedForm(form.typed, form.values, {"nombre_venta": problem.detail})
    return form.with_problem(problem)


def _told(made: ProfileMade) -> str:
    values = {"router": made.router}
    if made.problem:
        failed = gettext("Router «%(router)s»: no se pudo.") % values
        return f"{failed} {made.problem}"
    if made.made:
        return gettext("Listo: el perfil está en «%(router)s».") % values
    return gettext("«%(router)s» ya lo tenía.") % values
