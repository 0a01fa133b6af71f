"""Read Conekta's refusals: what they say to the buyer, and whose doing they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.payments import answers
from portal.payments.conekta.declines import decline_reason
from portal.payments.conekta.meanings import Meaning, meaning_of
from portal.payments.declines import DeclineReason
from portal.payments.gateway import Fault

# Seen is an error within a detail of another; more than a few levels is nobody's error.
DEEPEST = 4
FAULTS = {
    Meaning.TOKEN: Fault.CUSTOMER,
    Meaning.CARD: Fault.CUSTOMER,
    Meaning.BUYER: Fault.CUSTOMER,
    Meaning.ACCOUNT: Fault.OPERATOR,
    Meaning.PLAN: Fault.OPERATOR,
}
TYPED = re.compile(r"(?:^|[._\[])(name|email|phone)\b")


@dataclass(frozen=True)
class ApiError:
    """Describe Conekta's `error`, by the detail that says most.

    `code` without its prefix, `message` the sentence for the buyer, `param` the parameter at
    fault or empty. `data` is what came along: the order, with a declined charge.
    """

    code: str
    message: str | None
    param: str
    meaning: Meaning
    data: object = field(repr=False, default=None)

    @property
    def fault(self) -> Fault:
        """Say whose doing it is: what the buyer gave, what the operator set, else ours."""
        return FAULTS.get(self.meaning, Fault.US)

    @property
    def decline_reason(self) -> DeclineReason | None:
        """Say what is wrong with the buyer's card, where that is what it is about."""
        about_card = self.meaning in (Meaning.TOKEN, Meaning.CARD)
        return decline_reason(self.code) if about_card else None

    @property
    def field(self) -> str | None:
        """Name what the buyer typed and is not taken: name, email or phone; None where not said."""
        if self.meaning is not Meaning.BUYER:
            return None
        found = TYPED.search(self.param) or TYPED.search(self.code)
        return found[1] if found else None


def read_error(body: object, status: int) -> ApiError | None:
    """Read an error in Conekta's shape; None for anything else, such as a proxy's own page."""
    data = answers.mapping(body)
    details = list(_details(data, DEEPEST))
    if not details and data.get("object") != "error":
        return None
    kind = str(data.get("type", ""))
    # An error without details is named by its type.
    found = [_complaint(each, status, kind) for each in details or [{"code": data.get("type")}]]
    worst = min(found, key=lambda each: each.meaning)
    message = worst.message or next(filter(None, (each.message for each in found)), None)
    return ApiError(worst.code, message, worst.param, worst.meaning, data.get("data"))


def _details(data: Mapping[str, object], depth: int) -> Iterator[Mapping[str, object]]:
    """Yield every detail, those within a detail before the one that holds them."""
    for each in map(answers.mapping, answers.items(data.get("details")) if depth else []):
        inner = list(_details(each, depth - 1))
        yield from inner
        if each.get("code") or not inner:
            yield each


def _complaint(detail: Mapping[str, object], status: int, kind: str) -> ApiError:
    named = answers.word(detail.get("code"), r"[\w.\[\]-]{1,200}") or "unnamed"
    code = named.removeprefix("conekta.errors.")
    param = answers.sentence(detail.get("param")) or ""
    meaning = meaning_of(code, param, status, kind)
    return ApiError(code, answers.sentence(detail.get("message")), param, meaning)
