"""Name the cards that payment providers publish for trying them out."""

from __future__ import annotations

from enum import StrEnum


class TrialCard(StrEnum):
    """Say what becomes of a charge on a card; the second and third are good ones too."""

    GOOD = "good"
    SECOND = "second"
    THIRD = "third"
    DECLINED = "declined"
    NO_FUNDS = "no_funds"
    CHALLENGE = "challenge"
