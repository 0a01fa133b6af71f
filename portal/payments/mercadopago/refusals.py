"""Read what Mercado Pago complains of, and say whose doing it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.payments import answers
from portal.payments.declines import DeclineReason
from portal.payments.gateway import Fault, Refused
from portal.payments.mercadopago.client import HttpAnswer, LostAnswer
from portal.payments.mercadopago.declines import decline_reason

WORD = r"[\w:.\[\]-]{1,100}"
KEY_REFUSED = "key_refused"
# What the words of an error are about. The first that is found counts.
ABOUT = (
    (
        "operator",
        re.compile(r"unauthori[sz]ed|forbidden|credential|live_mode|policy|collector|access.token"),
    ),
    ("token", re.compile(r"token")),
    # What is said of a request's form names `credit_card` as well, and no bank was asked.
    (
        "card",
        re.compile(
            r"^(?!.*(propert|json|idempotency))"
            r".*(card|rejected|insufficient|high_risk|cvv|security_code|issuer)",
            re.DOTALL,
        ),
    ),
    ("email", re.compile(r"email")),
    ("name", re.compile(r"first_name|last_name|payer\.name")),
    ("plan", re.compile(r"amount|currency")),
)
FAULTS = {
    "operator": Fault.OPERATOR,
    "token": Fault.CUSTOMER,
    "card": Fault.CUSTOMER,
    "email": Fault.CUSTOMER,
    "name": Fault.CUSTOMER,
    "plan": Fault.OPERATOR,
}


@dataclass(frozen=True)
class Objection:
    """Hold an error: its `code`, all that it `said`, and the order that came along, if any.

    `about` is whose doing it is: one of FAULTS, or None.
    """

    code: str
    said: str
    about: str | None
    message: str | None
    order: object = field(repr=False, default=None)

    def refused(self) -> Refused:
        """Give it as a refusal, with what the buyer can do where it is theirs to do."""
        fault = FAULTS.get(self.about or "", Fault.US)
        typed = self.about if self.about in ("email", "name") else None
        return Refused(self.code, fault, None, typed, self._decline_reason)

    @property
    def _decline_reason(self) -> DeclineReason | None:
        if self.about == "token":
            return DeclineReason.FORM_EXPIRED
        return decline_reason(self.said) if self.about == "card" else None


def complaint_in(answer: HttpAnswer | LostAnswer, *statuses: int) -> Objection | None:
    """Read an error, where the answer has one of these statuses and is an error at all.

    Its OpenAPI has `error`, `message` and `cause`; its orders also answer `errors`, each with
    `code`, `message` and `details`.
    """
    if not isinstance(answer, HttpAnswer) or answer.status not in statuses:
        return None
    data = answers.mapping(answer.body)
    words = [word for word in _words(data) if word]
    if not words:
        return None
    said = " ".join(words).lower()
    about = next((name for name, pattern in ABOUT if pattern.search(said)), None)
    code = next((word for word in words if re.fullmatch(WORD, word, re.ASCII)), "unnamed")
    message = next((word for word in words if " " in word), None)
    return Objection(code, said, about, message, data.get("data"))


def proves_nothing(answer: HttpAnswer | LostAnswer) -> bool:
    """Tell whether an earlier sending of the same may be under way, whatever is refused now."""
    return isinstance(answer, HttpAnswer) and answer.after_loss


def _words(data: Mapping[str, object]) -> Iterator[str | None]:
    for each in map(answers.mapping, answers.items(data.get("errors"))):
        yield answers.sentence(each.get("code"))
        yield answers.sentence(each.get("message"))
        yield from map(answers.sentence, answers.items(each.get("details")))
    for name in ("error", "message"):
        yield answers.sentence(data.get(name))
    for each in map(answers.mapping, answers.items(data.get("cause"))):
        yield answers.sentence(each.get("description"))


def key_refused(answer: HttpAnswer | LostAnswer) -> Refused | None:
    """Refuse where the access token is not taken."""
    if isinstance(answer, HttpAnswer) and answer.status in (401, 403):
        return Refused(KEY_REFUSED, Fault.OPERATOR)
    return None


def not_sent(answer: HttpAnswer | LostAnswer) -> Refused | None:
    """Refuse where not a byte left us, since then nothing was charged, for certain."""
    if isinstance(answer, LostAnswer) and answer.never_sent:
        return Refused(answer.reason, Fault.US)
    return None


def reason(answer: HttpAnswer | LostAnswer) -> str:
    """Say why the answer proves nothing, as a word for `Unknown`.

    A reason of `LostAnswer`; `key_refused`, `not_found`; `unclear` for a 2xx that says nothing we
    can use; else `http_` and the status.
    """
    if isinstance(answer, LostAnswer):
        return answer.reason
    named = {200: "unclear", 201: "unclear", 401: KEY_REFUSED, 403: KEY_REFUSED, 404: "not_found"}
    return named.get(answer.status, f"http_{answer.status}")
