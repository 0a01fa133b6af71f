"""Begin with a few plans, of which each is two taps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid
from portal.core.i18n import gettext
from portal.operators import plans
from portal.operators.plans import PlanValues
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.first_steps.steps_page import current_progress
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.web.fields import Money

HOUR, DAY = 3600, 86400
# The user profile that every hotspot has from the factory.
PROFILE = "default"


@dataclass(frozen=True)
class SuggestedPlan:
    """Name a plan that most sell, with what is usual to ask for it, in pesos."""

    key: str
    name: str
    seconds: int
    price: str


SUGGESTED = (
    SuggestedPlan("hora", "1 hora", HOUR, "15.00"),
    SuggestedPlan("dia", "1 día", DAY, "40.00"),
    SuggestedPlan("semana", "1 semana", 7 * DAY, "150.00"),
)


@blueprint.page("/pasos/planes", OWNERS)
def first_plans() -> Response:
    """Suggest some, beside those that there are."""
    chosen = {plan.key for plan in SUGGESTED[:2]}
    return _shown(chosen, {plan.key: plan.price for plan in SUGGESTED}, {})


@blueprint.action("/pasos/planes", OWNERS)
def make_first_plans() -> BaseResponse:
    """Make those that are ticked; one whose name is taken is there already."""
    chosen = [plan for plan in SUGGESTED if request.form.get(plan.key)]
    prices = {plan.key: request.form.get(f"{plan.key}-precio", "") for plan in SUGGESTED}
    errors = {} if chosen else {"": gettext("Marque al menos un plan.")}
    wanted = []
    for plan in chosen:
        try:
            wanted.append(_values(plan, prices[plan.key]))
        except ValidationError as error:
            errors[plan.key] = f"{str(error.messages[0]).capitalize()}."
    errors |= {} if errors else dict(_made(wanted))
    if errors:
        return _shown({plan.key for plan in chosen}, prices, errors, 422)
    return see_other("panel.first_steps", gettext("Listo: sus planes ya están a la venta."))


def _values(plan: SuggestedPlan, price: str) -> PlanValues:
    return PlanValues(
        name=plan.name,
        amount=Money().deserialize(price.replace(",", ".").strip()),
        currency="MXN",
        profile_name=PROFILE,
        duration_seconds=plan.seconds,
        duration_from="purchase",
        position=plan.seconds,
    )


def _made(wanted: list[PlanValues]) -> Iterator[tuple[str, str]]:
    for values in wanted:
        try:
            plans.create(actor(), company_id(), **values)
        except Conflict:
            continue
        except Invalid as problem:
            yield "", problem.detail


def _shown(
    chosen: set[str], prices: dict[str, str], errors: dict[str, str], status: int = 200
) -> Response:
    return page(
        "first_steps/plans",
        status,
        suggested=SUGGESTED,
        chosen=chosen,
        prices=prices,
        errors=errors,
        progress=current_progress(),
    )
