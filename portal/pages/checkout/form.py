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

    token_tarjeta = Text(100, load_default=None, validate=refuse_card_number)
    email_cliente = Email(required=True)
    telefono_cliente = Phone(load_default=None)
    red = Text(40, blank=None, load_default=None)


def read_form(sent: Mapping[str, str], *, needs_card: bool) -> tuple[Values, dict[str, str]]:
    """Give the values, and a sentence for each that is wrong.

    `needs_card`: the purchase is one of a card that is charged with the token which came along.
    """
    form = CheckoutForm()
    given = {name: sent.get(name, "") for name in form.fields}
    if not (needs_card or given["token_tarjeta"]):
        del given["token_tarjeta"]
    try:
        values: Values = form.load(given)
    except ValidationError as error:
        wrong = {str(name): _sentence(str(name)) for name in error.messages_dict}
        return {name: sent.get(name) for name in form.fields if name not in SECRET}, wrong
    return values, {}


SECRET = ("token_tarjeta",)


def sentences() -> dict[str, str]:
    """Give what is said of each field that a customer fills in wrong."""
    return {
        "email_cliente": gettext("Escribe un correo como nombre@ejemplo.com."),
        "telefono_cliente": gettext("Escribe solo los números de tu teléfono, o déjalo vacío."),
    }


def _sentence(field: str) -> str:
    unread = gettext("No se pudo leer tu tarjeta. No se hizo ningún cargo: intenta otra vez.")
    return sentences().get(field, unread)
