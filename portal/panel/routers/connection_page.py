"""Connect a router: its kit, its certificate, and each point turning green while one looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flask import Response, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid, Problem
from portal.core.i18n import gettext
from portal.hotspot.setup import Finding, State
from portal.models import Router
from portal.operators import routers
from portal.operators.dial_in.standing import standing_of
from portal.operators.router_kit.first_contact import certificate_shown, trust_certificate
from portal.operators.router_kit.setup_check import check_setup, missing
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.first_steps.steps_page import current_progress
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.web.operator_schemas.fields import Fingerprint

# While somebody looks; a router that does not answer is asked less often.
LOOK_SECONDS, AWAY_SECONDS = 5, 15


URGENCY = (State.MISSING, State.UNKNOWN, State.ADVICE, State.OK)


class Stage(StrEnum):
    """Name how far a router is: without kit, not met yet, to be confirmed, looked at, away."""

    KIT = "kit"
    WAITING = "waiting"
    CERTIFICATE = "certificate"
    CHECKED = "checked"
    AWAY = "away"
    OTHER_CERTIFICATE = "other_certificate"


@dataclass(frozen=True)
class ConnectionState:
    """Say how far a router is; `problem` is why it cannot be looked at."""

    stage: Stage
    fingerprint: str = ""
    problem: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Count the points that it lacks to sell."""
        return missing(self.findings)

    @property
    def in_order(self) -> list[Finding]:
        """List what is to be done before what is done, each in the order in which to mend it."""
        return sorted(self.findings, key=lambda finding: URGENCY.index(finding.state))

    @property
    def reload_seconds(self) -> int | None:
        """Give in how many seconds to look again; None where nothing changes by itself."""
        if self.stage is Stage.WAITING or self.missing:
            return LOOK_SECONDS
        return AWAY_SECONDS if self.stage is Stage.AWAY else None


@blueprint.page("/routers/<router_id>/conectar", OWNERS)
def router_connection(router_id: str) -> Response:
    """Look at the router now, and again by itself until nothing is missing."""
    state = _state(routers.get(company_id(), router_id))
    # It may have been learnt since what it is called and where its login page lives.
    router = routers.get(company_id(), router_id)
    progress = current_progress()
    shown = page(
        "routers/connection",
        router=router,
        state=state,
        stages=Stage,
        states=State,
        progress=progress,
        tunnel=standing_of(router),
    )
    if seconds := state.reload_seconds:
        shown.headers["Refresh"] = str(seconds)
    return shown


@blueprint.action("/routers/<router_id>/conectar", OWNERS)
def confirm_certificate(router_id: str) -> BaseResponse:
    """Hold a router that is met for the first time to the certificate that was shown."""
    if routers.get(company_id(), router_id).tls_fingerprint:
        raise Conflict(gettext("Este router ya tiene un certificado confirmado."))
    trust_certificate(actor(), company_id(), router_id, posted_fingerprint())
    said = gettext("Listo: desde ahora solo se habla con el equipo que tiene ese certificado.")
    return see_other("panel.router_connection", said, router_id=router_id)


def posted_fingerprint() -> str:
    """Read the certificate that the form shows. Raises Invalid."""
    try:
        found: str = Fingerprint(required=True).deserialize(request.form.get("huella", ""))
    except ValidationError:
        raise Invalid from None
    return found


def _state(router: Router) -> ConnectionState:
    if not router.has_api:
        return ConnectionState(Stage.CHECKED, findings=check_setup(company_id(), router.id))
    if router.password_sealed is None and router.kit_password_sealed is None:
        return ConnectionState(Stage.KIT)
    if router.is_waiting_for_kit and router.tls == "verified":
        return _first_met(router)
    try:
        return ConnectionState(Stage.CHECKED, findings=check_setup(company_id(), router.id))
    except Problem as problem:
        return _why_away(router, problem)


def _first_met(router: Router) -> ConnectionState:
    try:
        shown = certificate_shown(company_id(), router.id)
    except Problem as problem:
        return ConnectionState(Stage.WAITING, problem=problem.detail)
    return ConnectionState(Stage.CERTIFICATE, fingerprint=shown)


def _why_away(router: Router, problem: Problem) -> ConnectionState:
    """A router that was reset shows a certificate that it made anew."""
    away = ConnectionState(Stage.AWAY, problem=problem.detail)
    if router.tls != "pinned" or router.is_password_withheld:
        return away
    try:
        shown = certificate_shown(company_id(), router.id)
    except Problem:
        return away
    is_other = shown != router.tls_fingerprint
    return ConnectionState(Stage.OTHER_CERTIFICATE, shown, problem.detail) if is_other else away
