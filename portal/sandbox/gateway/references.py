"""Draw what buyers pay to: references for cash, and interbank keys."""

from __future__ import annotations

import secrets

_WEIGHTS = (3, 7, 1)
_STP = "646180"


def digits(length: int, prefix: str = "93") -> str:
    """Give a reference of so many digits."""
    rest = length - len(prefix)
    return prefix + str(secrets.randbelow(10**rest)).zfill(rest)


def clabe() -> str:
    """Give an interbank key at STP, whose last digit checks the others (Banco de México)."""
    drawn = digits(17, _STP)
    weighed = (int(digit) * _WEIGHTS[place % 3] % 10 for place, digit in enumerate(drawn))
    return drawn + str(-sum(weighed) % 10)
