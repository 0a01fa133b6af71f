"""Say to the operator what about a sale needs a person."""

from __future__ import annotations

from portal.core.formatting import price_in_full
from portal.models.sale_states import ParkReason, SaleState

PARKED: dict[str, str] = {
    ParkReason.AMOUNT_MISMATCH: "La pasarela cobró otro importe que el del plan.",
    ParkReason.CURRENCY_MISMATCH: "La pasarela cobró en otra moneda que la del plan.",
    ParkReason.MODE_MISMATCH: "El pago no es del modo (prueba o real) que tiene la cuenta.",
    ParkReason.STUCK: "No se pudo resolver en mucho tiempo: revise la pasarela y el router.",
    ParkReason.KEY_LOST: (
        "Ninguna clave de ENCRYPTION_KEYS abre sus datos: vuelva a poner la que falta, reinicie "
        "todo y después ejecute flask sales unpark."
    ),
    ParkReason.OTHER_PURCHASE: "La orden en la pasarela lleva la referencia de otra venta.",
}
PARKED_OTHERWISE = "El pago necesita que alguien lo revise."

REVERSED: dict[str, str] = {
    SaleState.REFUNDED: "Se devolvió el pago fuera del portal; el acceso se cerró.",
    SaleState.CHARGED_BACK: "El banco revirtió el pago (contracargo); el acceso se cerró.",
}
REVERSED_TWICE: dict[str, str] = {
    SaleState.REFUNDED: (
        "Este pago, que usted ya había devuelto a mano, se devolvió también en la pasarela: el "
        "cliente tiene el dinero dos veces."
    ),
    SaleState.CHARGED_BACK: (
        "El banco revirtió (contracargo) un pago que usted ya había devuelto a mano: dispútelo en "
        "la pasarela con el comprobante de la devolución."
    ),
}
PART_TWICE = (
    "De este pago, que usted ya había devuelto a mano, se devolvieron además {} en la pasarela: el "
    "cliente tiene esa parte dos veces."
)
IN_PART = "Se devolvió una parte del pago fuera del portal; decida si el acceso sigue."
NOT_GIVEN_BACK = "La pasarela no acepta la devolución: devuelva el dinero por otro medio."
REST_NOT_GIVEN_BACK = (
    "Ya se había devuelto una parte del pago fuera del portal: devuelva el resto en el panel de la "
    "pasarela. El acceso sigue."
)
PAID_TWICE = (
    "Llegó el pago de una referencia que el cliente había cambiado por otra forma de pago: tiene "
    "un código por cada pago. Si pagó dos veces lo mismo, devuélvale uno."
)
GIVE_BACK_BY_HAND = (
    "El router no responde y este pago no se puede devolver por la pasarela: el acceso se abre en "
    "cuanto responda, o devuelva el dinero a mano y regístrelo en la venta."
)
SURPLUS = (
    "Llegaron {} y el precio es {}: el acceso está vendido. Devuelva a mano lo que sobra y dé este "
    "aviso por resuelto."
)
AFTER_RETURN = (
    "Llegaron otros {} por una venta cuyo dinero ya se devolvió, y su acceso está cerrado: "
    "devuélvalos también a mano y dé este aviso por resuelto."
)

KEY_NOT_TAKEN = "La pasarela rechaza la llave privada: capture una llave vigente."
CHARGE_NOT_TAKEN = "La pasarela no aceptó un cobro ({}): revise el plan y la cuenta."
MODES = {
    "token_mode_mismatch": (
        "La llave pública y la llave privada no son del mismo modo (prueba o real), así que no "
        "se puede cobrar: capture las dos del mismo modo."
    ),
    "mode_mismatch": (
        "La llave privada es de otro modo (prueba o real) que el elegido, así que no se puede "
        "cobrar: capture la llave de ese modo o cambie el modo."
    ),
}


def of_part_twice(amount: int, currency: str) -> str:
    """Give the sentence for what went back at the gateway too, in centavos."""
    return PART_TWICE.format(price_in_full(amount, currency))


def of_surplus(came: int, price: int, currency: str) -> str:
    """Give the sentence for money that is more than the price, both in centavos."""
    return SURPLUS.format(price_in_full(came, currency), price_in_full(price, currency))


def of_money_after_return(more: int, currency: str) -> str:
    """Give the sentence for money, in centavos, that came after all of the price went back."""
    return AFTER_RETURN.format(price_in_full(more, currency))


def of_refused_charge(reason: str) -> str:
    """Give the sentence for an order or a charge that the gateway does not take."""
    return MODES.get(reason) or CHARGE_NOT_TAKEN.format(reason)
