"""Conekta's refusals: what they say to the buyer, and whose doing they are."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.payments import fields
from portal.payments.gateway import Fault


@dataclass(frozen=True)
class Complaint:
    """Conekta's `error`: its first code, its sentence for the buyer, and what it is about.

    `data` is what came along: the order, with a declined charge.
    """

    code: str
    message: str | None
    about: str
    data: object = field(repr=False, default=None)

    @property
    def about_token(self) -> bool:
        return "token" in self.about

    @property
    def fault(self) -> Fault:
        """Whose doing it is: what the buyer typed, what the operator set, else ours."""
        if self.about_token or "customer_info" in self.about:
            return Fault.CUSTOMER
        if any(part in self.about for part in ("line_items", "amount", "currency")):
            return Fault.OPERATOR
        return Fault.US


def complaint(body: object) -> Complaint | None:
    """An error in Conekta's shape; None for anything else, such as a proxy's own page."""
    data = fields.mapping(body)
    details = [fields.mapping(detail) for detail in fields.items(data.get("details"))]
    if not details and data.get("object") != "error":
        return None
    codes = [str(detail.get("code", "")) for detail in details]
    params = [str(detail.get("param", "")) for detail in details]
    named = fields.word(codes[0] if codes else data.get("type"), r"[\w.\[\]-]{1,200}")
    return Complaint(
        code=(named or "unnamed").removeprefix("conekta.errors."),
        message=next(
            filter(None, (fields.sentence(detail.get("message")) for detail in details)), None
        ),
        about=" ".join(codes + params).lower(),
        data=data.get("data"),
    )
