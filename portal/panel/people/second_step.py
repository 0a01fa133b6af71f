"""Turn one's own second step on and off."""

from __future__ import annotations

import segno
from flask import Response, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Conflict, Invalid, TooManyRequests
from portal.core.i18n import gettext
from portal.operators.people import enrolment, second_factor
from portal.panel.audience import ANYBODY_LOGGED_IN
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, administrator


@blueprint.page("/mi-cuenta/dos-pasos", ANYBODY_LOGGED_IN, fresh=True)
def second_step() -> BaseResponse:
    """Show the secret as a QR code and in letters, until a first code has been right."""
    who = administrator()
    if second_factor.state_of(who.user_id).is_on:
        return see_other("panel.account")
    return _enrol(None)


@blueprint.action("/mi-cuenta/dos-pasos", ANYBODY_LOGGED_IN, fresh=True)
def turn_on() -> BaseResponse:
    """Turn it on, and show the recovery codes: this answer is the only one that has them."""
    try:
        codes = enrolment.turn_on(actor(), administrator(), request.form.get("codigo", ""))
    except Invalid as problem:
        return _enrol(problem.detail)
    except Conflict:
        return see_other("panel.account")
    return page("people/recovery_codes", codes=codes)


@blueprint.page("/mi-cuenta/dos-pasos/quitar", ANYBODY_LOGGED_IN)
def second_step_off() -> Response:
    """Ask for password and code, to turn it off or to have other recovery codes."""
    return page("people/second_step_off", wrong={})


@blueprint.action("/mi-cuenta/dos-pasos/quitar", ANYBODY_LOGGED_IN)
def turn_off() -> BaseResponse:
    """Turn it off, or draw other recovery codes."""
    password, code = request.form.get("password", ""), request.form.get("codigo", "")
    try:
        if request.form.get("que") == "codigos":
            codes = enrolment.renew_codes(actor(), administrator(), password, code)
            return page("people/recovery_codes", codes=codes)
        enrolment.turn_off(actor(), administrator(), password, code)
    except (Invalid, TooManyRequests, Conflict) as problem:
        wrong = problem.extra.get("errores") or {"": [problem.detail]}
        said = {name: sentences[0] for name, sentences in wrong.items()}
        return page("people/second_step_off", problem.status, wrong=said)
    notice = gettext("Listo: la verificación en dos pasos quedó desactivada.")
    return see_other("panel.account", notice)


def _enrol(wrong: str | None) -> Response:
    who = administrator()
    begun = enrolment.begun(who) or enrolment.begin_confirmed(who)
    code = segno.make(begun.uri, error="m", micro=False)
    # White around it, whatever the page's colour: cameras look for the edge.
    drawn = code.svg_inline(border=4, omitsize=True, light="#fff", svgclass="qr", lineclass=None)
    return page(
        "people/second_step",
        422 if wrong else 200,
        qr=Markup(drawn),  # noqa: S704 - drawn by us, of squares alone
        uri=begun.uri,
        secret=" ".join(begun.secret[n : n + 4] for n in range(0, len(begun.secret), 4)),
        wrong=wrong,
    )
