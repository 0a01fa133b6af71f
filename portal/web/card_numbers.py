"""Card numbers, which must never reach us."""

from __future__ import annotations

import re

from marshmallow import ValidationError

CARD_NUMBER = re.compile(r"(?:\d[ -]?){12,18}\d")
CARD_SENT = "parece un número de tarjeta: envíe solo el token que crea la pasarela en el navegador"


def refuse_card_number(token: str) -> None:
    """Refuse what looks like a card number in place of a token. Raises ValidationError."""
    if CARD_NUMBER.search(token):
        raise ValidationError(CARD_SENT)
