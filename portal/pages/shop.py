"""Read the shop behind a router's address: what it is, what it sells, how it looks."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session, aliased

from portal.core.database import reading
from portal.core.errors import NotFound, Unavailable
from portal.core.image_encoding import LARGEST_LOGO
from portal.core.records import sane
from portal.models import Company, GatewayAccount, Image, Plan, Router
from portal.pages.visits.seals import Scope
from portal.pages.visits.visit import Visit, open_visit, read_visit
from portal.payments.methods import Method
from portal.ports import time_zone_of
from portal.sales.catalogue import catalogue
from portal.sales.methods import OfferedMethod, methods_for
from portal.web.colors import Theme, theme_of


class ShopNotFound(NotFound):
    detail = "Esta dirección no es de ninguna red WiFi nuestra. Revisa que esté bien escrita."


class ShopClosed(Unavailable):
    is_short = False
    detail = "La venta de Internet está cerrada aquí por ahora. Vuelve más tarde."


@dataclass(frozen=True)
class Shop:
    """Describe a router's shop as it stands now; `plans` in the order in which they are shown.

    `account` is where it is paid by itself, `accounts` are all at which it can be paid, that first.
    """

    router: Router
    company: Company
    account: GatewayAccount | None
    accounts: tuple[GatewayAccount, ...]
    plans: tuple[Plan, ...]
    logo: Image | None

    @property
    def scope(self) -> Scope:
        """Give what keeps all that is signed here good here alone."""
        return Scope(self.company.id, self.router.id)

    @property
    def is_open(self) -> bool:
        """Tell whether anything more is sold here."""
        return self.company.active and self.router.active

    @property
    def sells(self) -> bool:
        """Tell whether anything that is on sale can be paid for here."""
        return any(map(self.ways_to_pay, self.plans))

    def ways_to_pay(self, plan: Plan) -> tuple[OfferedMethod, ...]:
        """List how this plan can be paid on a page, as it is shown: cards first.

        Cards need the key for browsers. One transfer is as good as another.
        """
        offered = methods_for(plan, self.company, self.accounts)
        transfers = [each for each in offered if each.method == Method.TRANSFER]
        return tuple(
            each
            for each in offered
            if each not in transfers[1:]
            and not (each.method == Method.CARD and not each.account.public_key)
        )

    @property
    def has_vat(self) -> bool:
        """Tell whether its prices include IVA."""
        return self.company.vat_rate > 0

    @property
    def time_zone(self) -> ZoneInfo:
        """Name the zone that times are told in here."""
        return time_zone_of(self.company)

    @property
    def theme(self) -> Theme:
        return theme_of(self.company.color)

    @property
    def initials(self) -> str:
        """Give what stands in place of a logo."""
        words = [word for word in self.company.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def logo_data(self) -> str | None:
        """Give the logo as a data: address, where it is small enough to be sent within the page."""
        if self.logo is None or len(self.logo.content) > LARGEST_LOGO:
            return None
        return f"data:{self.logo.mimetype};base64,{base64.b64encode(self.logo.content).decode()}"

    def plan(self, plan_id: int | None) -> Plan | None:
        """Find one that is on sale here."""
        return next((plan for plan in self.plans if plan.id == plan_id), None)


def open_shop(router_id: str, *, even_closed: bool = False) -> Shop:
    """Read the shop of this router. Raises ShopNotFound, ShopClosed.

    `even_closed`: what was sold can be looked at, though nothing more is.
    """
    with reading() as session:
        shop = _read(session, router_id) if sane(router_id) else None
    if shop is None:
        raise ShopNotFound
    if not (shop.is_open or even_closed):
        raise ShopClosed
    return shop


def visit_of(shop: Shop) -> Visit:
    """Read who visits the shop in the request at hand: as sealed by us, or as a router says."""
    if "v" in request.values:
        return open_visit(shop.scope, request.values["v"])
    return read_visit(shop.scope, request.args, shop.router.login_hosts)


def _read(session: Session, router_id: str) -> Shop | None:
    rows = session.execute(_shop_query(), {"router_id": router_id}).all()
    if not rows:
        return None
    first = rows[0]
    plans = {row.Plan.id: row.Plan for row in rows if row.Plan is not None}
    logo = session.scalars(_logo_query(), {"company_id": first.Company.id}).first()
    return Shop(
        first.Router,
        first.Company,
        first.GatewayAccount,
        _payable(rows),
        tuple(plans.values()),
        logo,
    )


def _payable(rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[GatewayAccount, ...]:
    found = {row.at_any.id: row.at_any for row in rows if row.at_any is not None}
    return tuple(sorted(found.values(), key=lambda each: (not each.preferred, each.provider)))


@cache
def _shop_query() -> Select[*tuple[Any, ...]]:
    at_any = aliased(GatewayAccount, name="at_any")
    can_be_paid = at_any.current & at_any.private_key_sealed.is_not(None)
    return (
        catalogue(at_any)
        .outerjoin(at_any, (at_any.company_id == Router.company_id) & can_be_paid)
        .where(Router.id == bindparam("router_id"))
    )


@cache
def _logo_query() -> Select[Image]:
    logos = select(Image).where(
        Image.company_id == bindparam("company_id"), Image.purpose == "logo"
    )
    return logos.order_by(Image.created_at.desc()).limit(1)
