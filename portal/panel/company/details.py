"""Say who sells: name, RFC, address, taxes, time zone, and how long things take."""

from __future__ import annotations

from collections.abc import Collection

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.i18n import gettext
from portal.operators.company_advice import company_advice
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.company.form import saved, shown
from portal.panel.company.zones import zone_choices
from portal.panel.forms import PostedForm
from portal.panel.rendering import page, see_other
from portal.panel.request import company
from portal.web.words import METHODS

NAMES = (
    *("nombre", "contacto_email", "contacto_telefono", "razon_social", "rfc", "domicilio"),
    *("tasa_iva", "zona_horaria", "tipo_usuario_portal", "pin_digitos", "minutos_para_reembolso"),
    *("dias_datos_personales", "metodos_pago", "monto_minimo_efectivo", "horas_para_pagar"),
    *("pases_por_equipo_dia", "pases_por_router_hora"),
)


@blueprint.page("/empresa", OWNERS)
def company_details() -> Response:
    """Show the company's details, and the way to all else that is said of it."""
    return _form(shown(NAMES))


@blueprint.action("/empresa", OWNERS)
def save_company_details() -> BaseResponse:
    """Save them."""
    form = saved(NAMES)
    if not form.is_good:
        return _form(form, 422)
    return see_other("panel.company_details", gettext("Listo: los datos quedaron guardados."))


def _form(form: PostedForm, status: int = 200) -> Response:
    zone = str(form.typed.get("zona_horaria") or "")
    advice = company_advice(company())
    methods = request.form.getlist("metodos_pago") or form.typed.get("metodos_pago") or ()
    return page(
        "company/details",
        status,
        form=form,
        zones=zone_choices(zone),
        advice=advice,
        methods=_methods(methods),
    )


def _methods(wanted: Collection[str]) -> list[tuple[str, str, bool]]:
    """Give the ways to be paid, each with its label and whether it is wanted."""
    labels = {
        "tarjeta": gettext("Tarjeta"),
        "spei": gettext("Transferencia SPEI"),
        "efectivo": gettext("Efectivo en tiendas"),
    }
    return [(word, labels[word], word in wanted) for word in METHODS]
