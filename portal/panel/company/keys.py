"""Enter and try the keys of the payment gateway, and see whether it tells us of payments."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid, Problem
from portal.core.i18n import gettext
from portal.models import GatewayAccount
from portal.operators import gateway_accounts, webhook_registration
from portal.operators.gateway_accounts import Keys, Probe
from portal.operators.webhook_registration import last_delivery
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.ports import provider_named, provider_names, provider_of
from portal.web.operator_schemas.gateway_schemas import GatewaySchema

SCHEMA = GatewaySchema(partial=True)
SECRETS = ("conekta_private_key",)


@blueprint.page("/empresa/llaves", OWNERS, fresh=True)
def gateway_keys() -> Response:
    """Show which keys there are, never the private one."""
    return _form(_shown())


@blueprint.action("/empresa/llaves", OWNERS, fresh=True)
def change_gateway_keys() -> BaseResponse:
    """Save the keys, try them, or have the gateway tell us of payments."""
    asked = request.form.get("accion")
    if asked == "probar":
        return _told(_try_key)
    if asked == "avisos":
        return _told(_register)
    if asked == "preferir":
        return _told(_prefer)
    form = read_form(SCHEMA, secrets=SECRETS, partial=True)
    if form.is_good:
        try:
            gateway_accounts.set_keys(actor(), company_id(), cast(Keys, form.values))
            return _told(_try_key)
        except Invalid as problem:
            form = form.with_problem(problem)
    return _form(form, 422)


def _told(action: Callable[[], str]) -> BaseResponse:
    try:
        said = action()
    except Problem as problem:
        said = problem.detail
    return see_other("panel.gateway_keys", said)


def _try_key() -> str:
    probe = gateway_accounts.probe(actor(), company_id())
    return in_words(probe)


def _register() -> str:
    webhook_registration.register(actor(), company_id())
    return gettext("Listo: de cada pago llega un aviso firmado.")


def _prefer() -> str:
    account = gateway_accounts.prefer(actor(), company_id(), provider_names()[0])
    return preferred_now(account)


def preferred_now(account: GatewayAccount) -> str:
    """Say at which gateway new sales are paid from now on."""
    label = provider_of(account).label
    return gettext("Listo: las ventas nuevas se cobran con %(gateway)s.") % {"gateway": label}


def others(provider: str) -> dict[str, str]:
    """Name the gateways besides this one: a label by name."""
    return {name: provider_named(name).label for name in provider_names() if name != provider}


def in_words(probe: Probe) -> str:
    """Say what the gateway said of a key."""
    if probe.mode_fits and probe.live:
        return gettext("La llave funciona y es de producción: se cobra de verdad.")
    if probe.mode_fits:
        return gettext("La llave funciona y es de pruebas: no se cobra a nadie.")
    if probe.live:
        return gettext("La llave es de producción, pero aquí dice pruebas: cambie el modo.")
    return gettext("La llave es de pruebas, pero aquí dice producción: cambie el modo.")


def _shown() -> PostedForm:
    account = gateway_accounts.current(company_id())
    if account is None:
        return PostedForm({"conekta_mode": "test"})
    return PostedForm(
        {"conekta_public_key": account.public_key or "", "conekta_mode": account.mode}
    )


def _form(form: PostedForm, status: int = 200) -> Response:
    account = gateway_accounts.current(company_id())
    return page(
        "company/keys",
        status,
        form=form,
        account=account,
        label=provider_named(provider_names()[0]).label,
        standing=webhook_registration.standing(account) if account else None,
        delivery=last_delivery(company_id()),
        others=others(provider_names()[0]),
        paid_at=[each.provider for each in gateway_accounts.payable(company_id())],
    )
