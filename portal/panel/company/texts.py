"""Edit what customers read before they pay, from a text of ours that is good as it is."""

from __future__ import annotations

from typing import Any

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.operators import companies, gateway_accounts
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company, company_id
from portal.ports import provider_of
from portal.web import legal_texts
from portal.web.operator_schemas.company_schemas import CompanySchema

COLUMNS = {
    "aviso_privacidad": "privacy_notice",
    "terminos": "terms",
    "devoluciones": "refund_policy",
    "quejas": "complaints",
}
# Four texts of 10,000 characters each, as a form sends letters with accents.
LARGEST = 256 * 1024


@blueprint.page("/empresa/textos", OWNERS)
def company_texts() -> Response:
    """Show each text as customers read it now."""
    texts = legal_texts.texts_of(company(), _gateway())
    return _form(PostedForm({name: texts[column] for name, column in COLUMNS.items()}))


@blueprint.action("/empresa/textos", OWNERS, largest=LARGEST)
def save_company_texts() -> BaseResponse:
    """Save what differs from ours, so that ours goes on following the company's details."""
    form = read_form(CompanySchema(only=tuple(COLUMNS), partial=True), partial=True)
    if form.is_good:
        ours = legal_texts.defaults(company(), _gateway())
        own: Any = {
            column: None if text is None or text == ours[column] else text
            for column, text in form.values.items()
        }
        try:
            companies.update(actor(), company_id(), **own)
        except Invalid as problem:
            form = form.with_problem(problem)
    if not form.is_good:
        return _form(form, 422)
    return see_other("panel.company_texts", gettext("Listo: los textos quedaron guardados."))


def _form(form: PostedForm, status: int = 200) -> Response:
    return page("company/texts", status, form=form)


def _gateway() -> str:
    account = gateway_accounts.current(company_id())
    return provider_of(account).label if account else "la pasarela de pago"
