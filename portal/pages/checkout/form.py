"""Read what a customer fills in to pay, and say what of it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from portal.core.i18n import gettext
from portal.web.fields import Email, Phone, Text, refuse_card_number
from portal.web.schemas import PublicSchema

Values = dict[str, Any]


class CheckoutForm(PublicSchema):
    """Describe the fields of the form, as the API reads its own."""

    token_tarjeta = Text(100, required=True, validate=refuse_card_number)
    nombre_cliente = Text(100, required=True)
    email_cliente = Email(required=True)
    telefono_cliente = Phone(load_default=None)


def read_form(sent: Mapping[str, str]) -> tuple[Values, dict[str, str]]:
    """Give the values, and a sentence for each that is wrong."""
    form = CheckoutForm()
    try:
        values: Values = form.load({name: sent.get(name, "") for name in form.fields})
    except ValidationError as error:
        wrong = {str(name): _sentence(str(name)) for name in error.messages_dict}
        return {name: sent.get(name) for name in form.fields if name not in SECRET}, wrong
    return values, {}


SECRET = ("token_tarjeta",)


def _sentence(field: str) -> str:
    return {
        "nombre_cliente": gettext("Escriba su nombre."),
        "email_cliente": gettext("Escriba un correo como nombre@ejemplo.com."),
        "telefono_cliente": gettext("Escriba solo los números de su teléfono, o déjelo vacío."),
    }.get(field, gettext("No se pudo leer su tarjeta. No se hizo ningún cargo: intente otra vez."))
