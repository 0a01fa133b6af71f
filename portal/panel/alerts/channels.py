"""Choose by which ways alerts reach a person, and try each of them."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.alerts.channels import EMAIL, TELEGRAM, WEBHOOK, ChannelState, channels_of
from portal.alerts.events import CHOSEN_AT_FIRST, AlertEvent
from portal.alerts.trial import send_test
from portal.core.errors import Invalid, Problem
from portal.core.i18n import gettext
from portal.operators import companies
from portal.panel.alerts.form import read_channels
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company, company_id

NAMES = {TELEGRAM: "Telegram", EMAIL: "correo", WEBHOOK: "webhook"}
NOTHING = ChannelState(False, None, None, None, ())


@blueprint.page("/alertas/canales", OWNERS, fresh=True)
def alert_channels() -> Response:
    """Show each way and what is told by it; secrets only as set."""
    return _form(_shown())


@blueprint.action("/alertas/canales", OWNERS, fresh=True)
def save_alert_channels() -> BaseResponse:
    """Save them, or send a test by one."""
    tried = request.form.get("probar")
    if tried in NAMES:
        return see_other("panel.alert_channels", _test(tried))
    form = read_channels()
    if form.is_good:
        try:
            companies.update(actor(), company_id(), **form.values)
            return see_other("panel.alert_channels", gettext("Listo: quedó guardado."))
        except Invalid as problem:
            form = form.with_problem(problem)
    return _form(form, 422)


def _test(kind: str) -> str:
    try:
        send_test(company_id(), kind)
    except Problem as problem:
        return problem.detail
    return gettext("Listo: la prueba se mandó por %(way)s.") % {"way": NAMES[kind]}


def _shown() -> PostedForm:
    found = channels_of(company_id())
    email, webhook = found.get(EMAIL, NOTHING), found.get(WEBHOOK, NOTHING)
    typed: dict[str, Any] = {
        "telegram_chat_id": company().telegram_chat_id or "",
        "notificaciones_telegram": company().telegram_notifications,
        "correo_direcciones": (email.target or "").replace(",", "\n"),
        "webhook_url": webhook.target or "",
    }
    for kind in NAMES:
        state = found.get(kind, NOTHING)
        chosen = state.events if state.active else CHOSEN_AT_FIRST
        typed[f"{kind}_eventos"] = [event.word for event in chosen]
    return PostedForm(typed)


def _form(form: PostedForm, status: int = 200) -> Response:
    found = channels_of(company_id())
    return page(
        "alerts/channels",
        status,
        form=form,
        events=[(event.word, gettext(event.heading)) for event in AlertEvent],
        states={kind: found.get(kind, NOTHING) for kind in NAMES},
        has_bot=company().telegram_bot_token_sealed is not None,
    )
