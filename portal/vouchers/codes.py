"""Draw codes for vouchers: long enough that nobody guesses one of the many that lie about."""

from __future__ import annotations

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.desired_state import READABLE, draw_credentials
from portal.access.live_codes import live_codes
from portal.access.pin_density import DENSEST, LONGEST_PIN
from portal.core.errors import Invalid
from portal.models import Company, VoucherBatch

# Without O and I, which people type as digits: so a reader knows where the digits begin.
PREFIX_LETTERS = "".join(letter for letter in READABLE if letter.isalpha())
PREFIX = re.compile(rf"[{PREFIX_LETTERS}]{{2,3}}")
# As long as a user's name with its password, which is typed into the same field.
NAME_AND_PASSWORD = 10
# Behind a prefix one digit more, so that eight never make that length.
MOST_DIGITS = {False: LONGEST_PIN, True: LONGEST_PIN + 1}


class PinsTooDense(Invalid):
    detail = (
        "Con tantos códigos en este router, un PIN se podría adivinar. Haga un lote más chico, o "
        "elija códigos de usuario y contraseña."
    )


def draw_code(kind: str, pin_digits: int | None, prefix: str | None) -> tuple[str, str]:
    """Draw a name and password; a prefix stands before the name, and a PIN stays both at once."""
    name, password = draw_credentials(kind, pin_digits)
    if not prefix:
        return name, password
    return prefix + name, prefix + name if kind == "pin" else password


def digits_for(
    session: Session, company: Company, router_id: str, number: int, prefix: str | None
) -> int:
    """Say how many digits the PINs of a batch need: the company's own, or more where too many
    would stand on the router for one not to be guessed.

    Raises PinsTooDense.
    """
    live, coming = live_codes(session, router_id).pins, _coming(session, router_id)
    for digits in range(company.pin_digits, MOST_DIGITS[bool(prefix)] + 1):
        many = live.get(digits, 0) + coming.get(digits, 0) + number
        is_dense = many / 10**digits > DENSEST
        if not is_dense and len(prefix or "") + digits != NAME_AND_PASSWORD:
            return digits
    raise PinsTooDense


def _coming(session: Session, router_id: str) -> dict[int, int]:
    """Count the PINs, by their digits, that batches under way have still to draw."""
    query = (
        select(VoucherBatch.pin_digits, func.sum(VoucherBatch.number - VoucherBatch.drawn))
        .where(
            VoucherBatch.router_id == router_id,
            VoucherBatch.next_attempt_at.is_not(None),
            VoucherBatch.pin_digits.is_not(None),
        )
        .group_by(VoucherBatch.pin_digits)
    )
    return {row[0] or 0: int(row[1]) for row in session.execute(query)}
