"""Tell a buyer or a custom portal when a sale cannot go on."""

from __future__ import annotations

from portal.core.errors import Conflict, Invalid, NotFound, PaymentDeclined, Problem, Unavailable
from portal.sales.decision_values import Complaint
from portal.sales.decline_sentences import decline_sentence


class PlanNotFound(NotFound):
    detail = "Producto no encontrado"


class PaymentUnavailable(Unavailable):
    detail = (
        "El pago no está disponible en este momento. No se realizó ningún cargo. "
        "Intente más tarde o avise al encargado."
    )


class MethodNotOffered(Invalid):
    detail = (
        "Este producto no se puede pagar así en esta tienda. No se realizó ningún cargo: vea sus "
        "metodos_pago."
    )

    def __init__(self) -> None:
        super().__init__(errores={"metodo": [self.detail]})


class NoAccess(Problem):
    """Say that the router failed before any charge was asked for."""

    status = 500
    detail = "No se pudo crear el acceso a Internet. No se realizó ningún cargo."


class DeviceBusy(Conflict):
    detail = (
        "Su pago anterior aún está en verificación. No pague otra vez: "
        "en cuanto se confirme, su acceso se activa."
    )


class PaidMeanwhile(Conflict):
    """Say that what was to be replaced by this purchase has just been paid: `sale_id`."""

    detail = (
        "Su pago anterior acaba de llegar y su acceso se está activando. No se realizó otro cargo."
    )

    def __init__(self, sale_id: str) -> None:
        super().__init__()
        self.sale_id = sale_id


class CannotExtend(Conflict):
    detail = (
        "Este plan no se puede sumar a su acceso actual, porque no es del mismo tipo. "
        "No se realizó ningún cargo: elija otro, o cómprelo con un código nuevo."
    )


class AccessBlocked(Conflict):
    """Say that a person disabled the access on the router."""

    detail = (
        "El operador desactivó este acceso y no se le puede sumar tiempo. "
        "No se realizó ningún cargo."
    )


class BuyerFieldRefused(Invalid):
    """Say that the gateway refuses what the buyer typed; `wire_name` is how callers know it."""

    wire_name = ""

    def __init__(self) -> None:
        super().__init__(errores={self.wire_name: [self.detail]})


class NameRefused(BuyerFieldRefused):
    wire_name = "nombre_cliente"
    detail = "No se aceptó el nombre. Escríbalo solo con letras; no se realizó ningún cargo."


class EmailRefused(BuyerFieldRefused):
    wire_name = "email_cliente"
    detail = "No se aceptó el correo. Revíselo o use otro; no se realizó ningún cargo."


class PhoneRefused(BuyerFieldRefused):
    wire_name = "telefono_cliente"
    detail = "No se aceptó el teléfono. Escriba sus 10 dígitos; no se realizó ningún cargo."


# By what the gateway calls it.
BUYER_FIELDS: dict[str, type[BuyerFieldRefused]] = {
    "name": NameRefused,
    "email": EmailRefused,
    "phone": PhoneRefused,
}


def problem_of(complaint: Complaint | None) -> Problem:
    """Give what the buyer is told where a sale ended before it was charged."""
    if complaint and complaint.field:
        return BUYER_FIELDS[complaint.field]()
    if complaint and complaint.is_card:
        return CardDeclined(decline_sentence(complaint.decline_reason, complaint.message))
    return PaymentUnavailable()


class KeyReused(Invalid):
    detail = (
        "Esta Idempotency-Key (o este token de tarjeta) ya se usó con otros datos. "
        "Use una nueva para otra compra."
    )


class CardDeclined(PaymentDeclined):
    """Say to the buyer what can be done about the card, in our words or the gateway's."""
