"""Tell a sale's page whether its device may go online to pay, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import request

from portal.access.payment_pass.answers import PassAnswer, PassStatus
from portal.access.payment_pass.giving import pass_status
from portal.access.payment_pass.terms import PASS_SECONDS
from portal.core import formatting
from portal.core.i18n import gettext
from portal.models import Sale, utc_now
from portal.pages.addresses import page_url
from portal.ports import settings
from portal.web.pass_texts import WHY_NOT

WITHHELD = (PassAnswer.DEVICE_LIMIT, PassAnswer.ROUTER_LIMIT, PassAnswer.ROUTER_AWAY)


@dataclass(frozen=True)
class PassOffer:
    """Hold how the device stands to a pass, and where to go on if its captive window closes.

    `ends` says until when its pass lasts.
    """

    status: PassStatus
    address: str
    ends: str | None = None

    @property
    def minutes(self) -> int:
        """Give how long a pass lasts."""
        return PASS_SECONDS // 60

    @property
    def is_withheld(self) -> bool:
        """Tell whether there is none for now: who needs one has to know before the bank does."""
        return self.status.answer in WITHHELD

    @property
    def why_not(self) -> str | None:
        """Say why there is none; None where it stands or may be had."""
        said = WHY_NOT.get(self.status.answer)
        return gettext(said) if said else None


def offer_for(sale: Sale, zone: ZoneInfo) -> PassOffer:
    """Read how the sale's device stands to a pass. Asks no router."""
    return told_of(sale, pass_status(sale.id), zone)


def why_not_given() -> str | None:
    """Say why a pass that was just asked for was not given, where a page is told so."""
    answer = request.args.get("pase", "")
    said = WHY_NOT.get(PassAnswer(answer)) if answer in set(PassAnswer) else None
    return gettext(said) if said else None


def told_of(sale: Sale, status: PassStatus, zone: ZoneInfo) -> PassOffer:
    """Put a status in words for this sale's page."""
    page = page_url("result", router_id=sale.router_id, sale_id=sale.id)
    ends = formatting.until(status.ends_at, zone, utc_now()) if status.ends_at else None
    return PassOffer(status, settings().public_url.rstrip("/") + page, ends)
