"""Say to the buyer why a card was refused: Mercado Pago tells a word, and no sentence."""

from __future__ import annotations

import re

OTHER = "El banco no aprobó el pago. Intente con otra tarjeta o consulte a su banco."
# The orders' details and, of its payments of before, those that begin with `cc_rejected_`. They
# come with that prefix or without it; the first pattern that is found counts.
SENTENCES = (
    (
        r"insufficient_(amount|funds)",
        "La tarjeta no tiene fondos suficientes. Intente con otra tarjeta.",
    ),
    (
        r"bad_filled_security_code|invalid_security_code|bad_filled_card_data.*cvv",
        "El código de seguridad no es correcto. Revíselo e intente de nuevo.",
    ),
    (
        r"bad_filled_date|invalid_expiration|card_expired",
        "La fecha de vencimiento no es correcta. Revísela e intente de nuevo.",
    ),
    (
        r"bad_filled|invalid_card_number|invalid_card_token",
        "Algún dato de la tarjeta no es correcto. Revíselos e intente de nuevo.",
    ),
    (
        r"call_for_authorize",
        "Su banco pide que autorice este pago: llame al número que está en la tarjeta.",
    ),
    (
        r"card_disabled",
        "La tarjeta no está activa para compras por Internet. Actívela con su banco.",
    ),
    (r"duplicated_payment", "Ya hay un pago igual hace un momento. Espere antes de intentar otro."),
    (
        r"max_attempts",
        "La tarjeta llegó al límite de intentos. Intente con otra tarjeta.",
    ),
    (r"amount_limit", "La tarjeta no admite un pago de este monto. Intente con otra tarjeta."),
    (
        r"challenge|3ds|authentication",
        "El banco no pudo confirmar que es usted. Intente de nuevo o con otra tarjeta.",
    ),
    (
        r"high_risk|blacklist|fraud|regulations",
        "No se pudo aprobar este pago. Intente con otra tarjeta.",
    ),
    (
        r"type_not_allowed|brand|unsupported",
        "Aquí no se acepta este tipo de tarjeta. Intente con otra.",
    ),
)


def sentence_for(detail: str | None) -> str:
    """Give what the buyer can do about a status detail."""
    known = (said for pattern, said in SENTENCES if detail and re.search(pattern, detail))
    return next(known, OTHER)
