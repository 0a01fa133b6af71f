"""Enter and try the keys of a gateway besides the first, and choose where new sales are paid."""

from __future__ import annotations

from typing import cast

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid, Problem
from portal.operators import gateway_accounts, webhook_registration
from portal.operators.gateway_accounts import Keys
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.company.keys import in_words, preferred_now
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.ports import provider_named
from portal.web.operator_schemas.gateway_schemas import AnyGatewaySchema

SCHEMA = AnyGatewaySchema(partial=True)
SECRETS = ("llave_privada", "clave_avisos")


@blueprint.page("/empresa/llaves/<pasarela>", OWNERS, fresh=True)
def other_gateway_keys(pasarela: str) -> Response:
    """Show which keys there are, never a secret one. Raises NotFound."""
    account = gateway_accounts.at(company_id(), pasarela)
    typed = {"llave_publica": account.public_key or "", "modo": account.mode}
    return _form(pasarela, PostedForm(typed))


@blueprint.action("/empresa/llaves/<pasarela>", OWNERS, fresh=True)
def change_other_gateway_keys(pasarela: str) -> BaseResponse:
    """Save the keys and try them, or have new sales paid here. Raises NotFound."""
    gateway_accounts.at(company_id(), pasarela)
    asked = request.form.get("accion")
    if asked in ("probar", "preferir"):
        return _told(pasarela, asked)
    form = read_form(SCHEMA, secrets=SECRETS, partial=True)
    if form.is_good:
        try:
            gateway_accounts.set_keys(actor(), company_id(), cast(Keys, form.values), pasarela)
            return _told(pasarela, "probar")
        except Invalid as problem:
            form = form.with_problem(problem)
    return _form(pasarela, form, 422)


def _told(pasarela: str, asked: str) -> BaseResponse:
    try:
        if asked == "preferir":
            said = preferred_now(gateway_accounts.prefer(actor(), company_id(), pasarela))
        else:
            said = in_words(gateway_accounts.probe(actor(), company_id(), pasarela))
    except Problem as problem:
        said = problem.detail
    return see_other("panel.other_gateway_keys", said, pasarela=pasarela)


def _form(pasarela: str, form: PostedForm, status: int = 200) -> Response:
    account = gateway_accounts.at(company_id(), pasarela)
    return page(
        "company/other_keys",
        status,
        form=form,
        account=account,
        label=provider_named(pasarela).label,
        by_hand=provider_named(pasarela).webhooks.is_entered_by_hand,
        standing=webhook_registration.standing(account),
        paid_at=[each.provider for each in gateway_accounts.payable(company_id())],
    )
