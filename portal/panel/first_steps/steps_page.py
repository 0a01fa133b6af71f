"""Show the way to a first sale: what is done, what is next."""

from __future__ import annotations

from flask import Response, url_for

from portal.operators.first_run.progress import FirstStep, SetupProgress, progress_of
from portal.panel.audience import BEGINNERS
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page
from portal.panel.request import company_if_any

# Where each step is taken; a router is connected where all are.
PAGES = {
    FirstStep.COMPANY: "panel.first_company",
    FirstStep.KEYS: "panel.first_keys",
    FirstStep.ROUTER: "panel.new_router",
    FirstStep.PLANS: "panel.first_plans",
    FirstStep.SALE: "panel.first_sale",
}


@blueprint.page("/pasos", BEGINNERS)
def first_steps() -> Response:
    """List the steps, as the records have them now."""
    progress = current_progress()
    ways = {step: url_for(endpoint) for step, endpoint in PAGES.items()}
    if progress.router is not None:
        connection = url_for("panel.router_connection", router_id=progress.router.id)
        ways[FirstStep.ROUTER] = connection
    return page("first_steps/steps", progress=progress, ways=ways)


def current_progress() -> SetupProgress:
    """Tell how far the company at hand is."""
    company = company_if_any()
    return progress_of(company.id if company else None)
