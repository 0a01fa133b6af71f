"""Enter the keys of the payment gateway, and say at once what they are good for."""

from __future__ import annotations

from typing import cast

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Problem
from portal.core.i18n import gettext
from portal.operators import gateway_accounts, webhook_registration
from portal.operators.first_run.progress import has_good_keys
from portal.operators.gateway_accounts import Keys
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.ports import provider_named, provider_names
from portal.web.operator_schemas.secret_fields import GatewayKey, SecretGatewayKey
from portal.web.schemas import AdminSchema

SECRETS = ("private_key",)


class FirstKeysForm(AdminSchema):
    """Read both keys; whether they are for tests the gateway says."""

    public_key = GatewayKey(blank=None)
    private_key = SecretGatewayKey(blank=None)


@blueprint.page("/pasos/llaves", OWNERS, fresh=True)
def first_keys() -> Response:
    """Show which keys there are, and what the gateway said of them."""
    account = gateway_accounts.current(company_id())
    typed = {"public_key": (account and account.public_key) or ""}
    return _shown(PostedForm(typed))


@blueprint.action("/pasos/llaves", OWNERS, fresh=True)
def try_first_keys() -> BaseResponse:
    """Keep the keys and try them; the mode follows what the gateway says."""
    form = read_form(FirstKeysForm(), secrets=SECRETS)
    form = form if form.errors else _complete(form)
    if not form.is_good:
        return _shown(form, 422)
    try:
        said = _tried(cast(Keys, form.values))
    except Problem as problem:
        return _shown(form, problem.status, problem.detail)
    return see_other("panel.first_steps", said)


def _tried(keys: Keys) -> str:
    account = gateway_accounts.set_keys(actor(), company_id(), keys)
    probe = gateway_accounts.probe(actor(), company_id())
    if not probe.mode_fits:
        mode = "live" if probe.live else "test"
        gateway_accounts.set_keys(actor(), company_id(), Keys(mode=mode))
    label = provider_named(account.provider).label
    if probe.live:
        return gettext("Listo: %(gateway)s dice que son llaves de COBRO REAL.") % {"gateway": label}
    return gettext("Listo: %(gateway)s dice que son llaves de PRUEBA; nadie paga de verdad.") % {
        "gateway": label
    }


def _complete(form: PostedForm) -> PostedForm:
    """Ask for what is neither typed nor stored."""
    account = gateway_accounts.current(company_id())
    has_private = account is not None and account.private_key_sealed is not None
    errors = {}
    if not form.values.get("public_key"):
        errors["public_key"] = gettext("Escriba la llave pública: con ella se pide la tarjeta.")
    if not (form.values.get("private_key") or has_private):
        errors["private_key"] = gettext("Escriba la llave privada: con ella se cobra.")
    return PostedForm(form.typed, form.values, errors)


def _shown(form: PostedForm, status: int = 200, problem: str | None = None) -> Response:
    account = gateway_accounts.current(company_id())
    provider = provider_named(account.provider if account else provider_names()[0])
    return page(
        "first_steps/keys",
        status,
        form=form,
        problem=problem,
        account=account,
        is_good=has_good_keys(account),
        standing=webhook_registration.standing(account) if account else None,
        gateway=provider.label,
    )
