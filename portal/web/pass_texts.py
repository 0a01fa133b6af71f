"""Say why a device gets no payment pass: of usted, as the JSON does; the pages say tú."""

from __future__ import annotations

from collections.abc import Mapping

from portal.access.payment_pass.answers import PassAnswer

WHY_NOT: Mapping[PassAnswer, str] = {
    PassAnswer.NOT_WAITING: "Este pago ya no espera nada: no hace falta Internet para pagarlo.",
    PassAnswer.NOT_OFFERED: (
        "Aquí no se da Internet para pagar. Use los datos de su teléfono u otra red."
    ),
    PassAnswer.DEVICE_LIMIT: (
        "Este teléfono ya tuvo hoy su Internet para pagar. Use sus datos u otra red."
    ),
    PassAnswer.ROUTER_LIMIT: (
        "Ahora no hay Internet para pagar: hay muchas personas pagando en este WiFi. Intente en "
        "unos minutos, o use sus datos."
    ),
    PassAnswer.NOT_IN_NETWORK: (
        "No vemos este teléfono en el WiFi. Únase a la red e intente de nuevo."
    ),
    PassAnswer.ONLINE: "Este teléfono ya tiene Internet: puede pagar.",
    PassAnswer.ROUTER_AWAY: "El WiFi no respondió. Intente otra vez en un momento.",
}
