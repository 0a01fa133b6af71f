"""Read an RFC, by which Mexico's tax office (SAT) knows whoever sells."""

from __future__ import annotations

import re

DAY = (
    r"[0-9]{2}(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])|"
    r"(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|1[0-9]|2[0-8]))|"
    r"(?:[02468][048]|[13579][26])0229"
)
# Three letters of a company's name or four of a person's, a day, and three signs of the SAT's.
PATTERN = f"[A-ZÑ&]{{3,4}}(?:{DAY})[A-Z0-9]{{2}}[0-9A]"
LONGEST = 13
# Customers without an RFC of their own, in the country and abroad: nobody sells as one of these.
GENERIC = frozenset({"XAXX010101000", "XEXX010101000"})
ORDER = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"


def normalized(text: str) -> str:
    """Write it as the SAT does: capitals, without blanks and hyphens."""
    return re.sub(r"[\s-]", "", text).upper()


def is_rfc(text: str) -> bool:
    """Tell whether a normalized text has the form of a company's or a person's RFC."""
    return re.fullmatch(PATTERN, text) is not None


def has_right_check_digit(rfc: str) -> bool:
    """Tell whether the last sign follows from those before (SAT's annex on RFC, modulus 11).

    Some that the SAT gave out do not: it is for advice, and refuses nobody.
    """
    weighed = sum(
        ORDER.index(sign) * (LONGEST - at) for at, sign in enumerate(rfc[:-1].rjust(LONGEST - 1))
    )
    return rfc[-1] == ORDER[-weighed % 11]
