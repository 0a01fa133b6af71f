"""Read the shop behind a router's address: what it is, what it sells, how it looks."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from portal.core.database import reading
from portal.core.errors import NotFound, Unavailable
from portal.core.image_encoding import LARGEST_LOGO
from portal.core.records import sane
from portal.models import Company, GatewayAccount, Image, Plan, Router
from portal.pages.visits.seals import Scope
from portal.pages.visits.visit import Visit, open_visit, read_visit
from portal.ports import provider_of, time_zone_of
from portal.sales.catalogue import catalogue
from portal.web.colors import Theme, theme_of


class ShopNotFound(NotFound):
    detail = "Esta dirección no es de ninguna red WiFi nuestra. Revisa que esté bien escrita."


class ShopClosed(Unavailable):
    is_short = False
    detail = "La venta de Internet está cerrada aquí por ahora. Vuelve más tarde."


@dataclass(frozen=True)
class Shop:
    """Describe a router's shop as it stands now; `plans` in the order in which they are shown."""

    router: Router
    company: Company
    account: GatewayAccount | None
    plans: tuple[Plan, ...]
    logo: Image | None
    can_be_paid: bool

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
        """Tell whether cards can be charged here, and the form for them shown."""
        return self.can_be_paid and self.account is not None and bool(self.account.public_key)

    @property
    def charges_in_frame(self) -> bool:
        """Tell whether cards are charged in the gateway's own frame, after an order is opened."""
        return self.account is not None and provider_of(self.account).checkout.charges_in_frame

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
    plans = tuple(row.Plan for row in rows if row.Plan is not None)
    logo = session.scalars(_logo_query(), {"company_id": first.Company.id}).first()
    return Shop(
        first.Router, first.Company, first.GatewayAccount, plans, logo, bool(first.can_be_paid)
    )


@cache
def _shop_query() -> Select[*tuple[Any, ...]]:
    return catalogue().where(Router.id == bindparam("router_id"))


@cache
def _logo_query() -> Select[Image]:
    logos = select(Image).where(
        Image.company_id == bindparam("company_id"), Image.purpose == "logo"
    )
    return logos.order_by(Image.created_at.desc()).limit(1)
