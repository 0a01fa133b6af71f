"""Let an owner offer invoices to buyers."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.operators.accounting import invoicing
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import PostedForm, read_form
from portal.panel.rendering import page, see_other
from portal.panel.request import actor, company_id
from portal.ports import invoice_provider
from portal.web.operator_schemas.invoicing_schemas import InvoicingSchema


@blueprint.page("/contabilidad/facturas", OWNERS, fresh=True)
def invoicing_form() -> Response:
    """Show whether invoices are offered."""
    return _form(PostedForm())


@blueprint.action("/contabilidad/facturas", OWNERS, fresh=True)
def set_invoicing() -> BaseResponse:
    """Enter the key, and offer invoices or not."""
    form = read_form(InvoicingSchema(), secrets=("llave",))
    if not form.is_good:
        return _form(form, 422)
    key, active = form.values.get("key"), form.values.get("active", False)
    try:
        invoicing.set_account(actor(), company_id(), key, active=active)
    except Invalid as problem:
        return _form(form.with_problem(problem), 422)
    said = gettext("Listo: sus clientes pueden hacer su factura.")
    off = gettext("Listo: ya no se ofrecen facturas.")
    return see_other("panel.accounting", said if active else off)


def _form(form: PostedForm, status: int = 200) -> Response:
    account = invoicing.account_of(company_id())
    return page(
        "accounting/invoicing",
        status,
        form=form,
        account=account,
        label=invoice_provider(account.provider if account else None).label,
    )
