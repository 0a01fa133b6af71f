"""Tell what Conekta's refusals are about, and so who can mend them.

One prefix stands for many things (`parameter_validation.charge.*` is said of cards, not of our
parameters), so each is sorted by what it means. Codes are those of Conekta's API reference and
of the errors that its own checkout shows to buyers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum


class Meaning(IntEnum):
    """Say what a refusal is about. Of several that come together the first here decides.

    CHARGED: the order may have a charge, so nothing is certain. ACCOUNT: what only the operator
    can mend. TOKEN and CARD: the buyer takes another card. BUYER: what the buyer typed.
    PLAN: what is sold. REQUEST: our own request. UNCLEAR: a code that nobody knows proves nothing.
    """

    CHARGED = 1
    ACCOUNT = 2
    TOKEN = 3
    CARD = 4
    BUYER = 5
    PLAN = 6
    REQUEST = 7
    UNCLEAR = 8


@dataclass(frozen=True)
class Rule:
    """Match an error: `code` and `param` are patterns of the whole, in small letters; None: any."""

    meaning: Meaning
    code: str | None = None
    param: str | None = None
    status: int | None = None
    type: str | None = None

    def fits(self, code: str, param: str, status: int, kind: str) -> bool:
        """Tell whether all that the rule names is so."""
        return (
            _is(self.code, code)
            and _is(self.param, param)
            and self.status in (None, status)
            and self.type in (None, kind)
        )


VALIDATION = r"parameter_validation\."
BUYER_FIELDS = r"(.*[.\[])?customer(_info)?\b.*"
PLAN_FIELDS = r"(.*[.\[])?(line_items|unit_price|amount|currency)\b.*"

# The first that fits counts.
TABLE = (
    # It names the token, yet public and private key are of different modes.
    Rule(Meaning.ACCOUNT, code=r".*livemode.*"),
    Rule(Meaning.TOKEN, code=r"processing\.tokenization\..*"),
    Rule(Meaning.CHARGED, code=r"precondition_required\..*"),
    Rule(
        Meaning.CHARGED, code=r".*(has_charge|already_(has|charged|paid)|in_process|in_progress).*"
    ),
    Rule(Meaning.CARD, code=r"processing\..*"),
    Rule(Meaning.ACCOUNT, code=r"(authentication|authorization)\..*"),
    Rule(Meaning.ACCOUNT, code=r".*(company|merchant|api_key|private_key|public_key).*"),
    Rule(Meaning.TOKEN, code=VALIDATION + r".*token.*"),
    Rule(Meaning.PLAN, code=VALIDATION + r"charges?\.(amount|currency)(\..*)?"),
    Rule(Meaning.CARD, code=VALIDATION + r"(charge|card|combo\.order|payment_source)\..*"),
    Rule(Meaning.BUYER, code=VALIDATION + BUYER_FIELDS),
    Rule(Meaning.PLAN, code=VALIDATION + PLAN_FIELDS),
    Rule(Meaning.TOKEN, code=VALIDATION + ".*", param=r".*token.*"),
    Rule(Meaning.BUYER, code=VALIDATION + ".*", param=BUYER_FIELDS),
    Rule(Meaning.PLAN, code=VALIDATION + ".*", param=PLAN_FIELDS),
    Rule(Meaning.REQUEST, code=VALIDATION + ".*"),
    Rule(Meaning.CARD, status=402, type="processing_error"),
)


def meaning_of(code: str, param: str, status: int, kind: str) -> Meaning:
    """Give what a detail of an error with this HTTP status and `type` is about.

    `code` is what follows `conekta.errors.`.
    """
    found = (rule.meaning for rule in TABLE if rule.fits(code.lower(), param.lower(), status, kind))
    return next(found, Meaning.UNCLEAR)


def _is(pattern: str | None, text: str) -> bool:
    return pattern is None or re.fullmatch(pattern, text) is not None
