"""Import what another tool left on a router: look first, then choose, then confirm."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid, Problem, Unavailable
from portal.core.formatting import duration
from portal.core.i18n import gettext
from portal.hotspot.adoption import LeftKind
from portal.operators.vouchers.importing import ImportOrder, import_codes
from portal.operators.vouchers.left_codes import LeftCodes, left_codes
from portal.operators.vouchers.offers import sold_at_counter
from portal.operators.vouchers.undoing import look_at_undo, undo_import
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id

# Codes of a profile that the page names; the others are counted.
NAMED = 30


@blueprint.page("/fichas/importar", OWNERS)
def voucher_import() -> Response:
    """Show what is on the router that was chosen; nothing is changed by it."""
    chosen = request.args.get("router_id")
    if not chosen:
        return _page()
    try:
        return _page(left_codes(company_id(), chosen))
    except (Invalid, Unavailable) as problem:
        return _page(problem=problem)


@blueprint.action("/fichas/importar", OWNERS)
def import_vouchers() -> BaseResponse:
    """Import the codes of the profiles for which a plan was chosen."""
    order = ImportOrder(request.form.get("router_id", ""), _plans(request.form))
    if not order.plans:
        nothing = Invalid(gettext("Elija un plan para al menos un perfil."))
        return _page(left_codes(company_id(), order.router_id), nothing)
    try:
        made = import_codes(actor(), company_id(), order).batches
    except (Invalid, Conflict, Unavailable) as problem:
        return _page(problem=problem)
    if not made:
        return see_other("panel.batch_list", notice=gettext("No había fichas nuevas que importar."))
    many = sum(batch.number for batch in made)
    said = gettext("%(many)s fichas se importan: el router las marca mientras usted sigue.")
    notice = said % {"many": many}
    if len(made) > 1:
        return see_other("panel.batch_list", notice=notice)
    return see_other("panel.batch_page", notice=notice, batch_id=made[0].id)


@blueprint.page("/fichas/lotes/<batch_id>/deshacer", OWNERS)
def undo_form(batch_id: str) -> Response:
    """Say what taking the import back does, before it is done."""
    undo = look_at_undo(company_id(), batch_id)
    return page("vouchers/undo", undo=undo, batch_id=batch_id)


@blueprint.action("/fichas/lotes/<batch_id>/deshacer", OWNERS)
def undo_codes(batch_id: str) -> BaseResponse:
    """Take it back."""
    undo = undo_import(actor(), company_id(), batch_id)
    said = gettext("Listo: %(many)s fichas vuelven a Mikhmon; el router se entera enseguida.")
    return see_other("panel.batch_page", said % {"many": undo.returned}, batch_id=batch_id)


def _plans(form: Mapping[str, str]) -> dict[str, int]:
    """Give the plan chosen for each profile: its name stands beside its field."""
    chosen = {}
    for field, profile in form.items():
        plan = form.get(f"plan-{field.removeprefix('perfil-')}", "")
        if field.startswith("perfil-") and plan.isdecimal() and len(plan) < 10:
            chosen[profile] = int(plan)
    return chosen


def _page(found: LeftCodes | None = None, problem: Problem | None = None) -> Response:
    plans, routers = sold_at_counter(company_id())
    here = [plan for plan in plans if found and plan.router_id in (None, found.router.id)]
    return page(
        "vouchers/import",
        problem.status if problem else 200,
        found=found,
        problem=problem,
        plans=here,
        routers=routers,
        words=_words(),
        stays=_stays(),
        duration=duration,
        named=NAMED,
    )


def _words() -> dict[str, str]:
    return {
        LeftKind.UNUSED: gettext("sin usar"),
        LeftKind.USED: gettext("en uso"),
        LeftKind.EXPIRED: gettext("vencida"),
        LeftKind.DISABLED: gettext("desactivada"),
        LeftKind.ENDLESS: gettext("usada, sin fin escrito"),
        LeftKind.HIDDEN: gettext("sin contraseña a la vista"),
    }


def _stays() -> dict[str, str]:
    """Say why codes of a kind stay as they are."""
    return {
        LeftKind.EXPIRED: gettext("Ya vencieron: se quedan como están."),
        LeftKind.DISABLED: gettext("Están desactivadas en el router: se quedan como están."),
        LeftKind.ENDLESS: gettext(
            "Ya se usaron y el router no dice hasta cuándo sirven: se quedan como están."
        ),
        LeftKind.HIDDEN: gettext(
            "El router no nos dice su contraseña: se quedan como están. Para importarlas, agregue"
            " la política «sensitive» al grupo de nuestro usuario del router (System → Users →"
            " Groups), vuelva a mirar y, al terminar, quítela."
        ),
    }
