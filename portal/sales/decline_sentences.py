"""Say to a buyer what to do about a card that was refused."""

from __future__ import annotations

from portal.payments.declines import DeclineReason

# Whatever the bank's reason, a buyer is told only what they can do about it.
SENTENCES: dict[str, str] = {
    DeclineReason.INSUFFICIENT_FUNDS: (
        "La tarjeta no tiene fondos suficientes. Pague con otra tarjeta."
    ),
    DeclineReason.SECURITY_CODE: (
        "El código de seguridad no es correcto o ya cambió. Revíselo e intente de nuevo."
    ),
    DeclineReason.EXPIRY_DATE: (
        "La tarjeta está vencida o la fecha no es correcta. Revísela o pague con otra tarjeta."
    ),
    DeclineReason.CARD_DATA: (
        "Algún dato de la tarjeta no es correcto. Revíselos e intente de nuevo."
    ),
    DeclineReason.CALL_BANK: (
        "Su banco pide autorizar esta compra. Llame al número que está en la tarjeta "
        "o pague con otra."
    ),
    DeclineReason.NOT_ACTIVE: (
        "La tarjeta no está activa para compras por Internet. Actívela con su banco "
        "o pague con otra."
    ),
    DeclineReason.REPEATED: (
        "Hay un pago igual de hace un momento. Espere unos minutos antes de intentar otro."
    ),
    DeclineReason.TOO_MANY_ATTEMPTS: (
        "La tarjeta llegó a su límite de intentos. Pague con otra tarjeta."
    ),
    DeclineReason.AMOUNT_LIMIT: (
        "La tarjeta llegó a su límite para compras. Pague con otra tarjeta."
    ),
    DeclineReason.NOT_AUTHENTICATED: (
        "Su banco no pudo confirmar que es usted. Intente de nuevo o pague con otra tarjeta."
    ),
    DeclineReason.NOT_ACCEPTED: "Aquí no se acepta este tipo de tarjeta. Pague con otra.",
    DeclineReason.FOREIGN_CARD: (
        "Aquí no se aceptan tarjetas de otros países. Pague con una mexicana."
    ),
    DeclineReason.INSTALLMENTS: "La tarjeta no permite pagos a meses. Pague con otra tarjeta.",
    DeclineReason.RISK: "No se pudo aprobar este pago. Pague con otra tarjeta.",
    DeclineReason.FORM_EXPIRED: "El formulario de la tarjeta caducó. Escriba la tarjeta otra vez.",
    DeclineReason.NO_REASON: (
        "El banco no aprobó el pago. Pague con otra tarjeta o llame a su banco."
    ),
}


def decline_sentence(reason: str | None, message: str | None) -> str | None:
    """Give our own sentence for a reason that is known, else the gateway's `message`, if any."""
    return SENTENCES.get(reason or "", message)
