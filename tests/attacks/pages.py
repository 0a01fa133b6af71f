"""Who attacks on the customer's pages, whom, and how it is seen that nothing was gained."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from requests import Response

from portal.core.database import writing
from portal.models import Access, Plan, Router, Sale, utc_now
from portal.operators import plans
from tests.pages.site import ACTOR, LOGIN_HOST, Phone, Site
from tests.support.servers.http import Api
from tests.support.shop import Shop

GOOD, DECLINED, CHALLENGED = "4242424242424242", "4000000000000002", "4000000000001091"
EVIL_HOST = "evil.example"
# A time that stands on no plan, so that it is the victim's wherever it is read.
LEFT, LEFT_SHOWN = timedelta(days=5, hours=3, minutes=30), "que le queda: 5 días"
SECONDS_LEFT = re.compile(r'"seconds-remaining": ?4\d{5}')
DONE = "¡Conectado!"
_numbers = count(1)


class Person:
    """Somebody with a browser, who says to be this device; `said` is all that was answered."""

    def __init__(self, site: Site, device: Phone, email: str = "", router_id: str = "") -> None:
        self.site, self.device = site, device
        self.email = email or f"persona{next(_numbers)}@example.com"
        self.router_id = router_id or site.router_id
        self.said: list[str] = []

    @property
    def claims(self) -> dict[str, str]:
        """What a router's login page would say of the device."""
        login = f"http://{LOGIN_HOST}/login"
        return {"mac": self.device.mac, "ip": self.device.ip, "link-login-only": login}

    def get(self, path: str = "", **query: Any) -> Response:
        return self.ask("GET", path, params=query)

    def post(self, path: str, **form: Any) -> Response:
        return self.ask("POST", path, data=form)

    def ask(self, method: str, path: str, **arguments: Any) -> Response:
        """Below the router's address; what is answered on the way is heard too."""
        with Api(self.site.url) as api:
            answer = api.request(method, f"/r/{self.router_id}{path}", **arguments)
        for heard in (*answer.history, answer):
            self.said.append(f"{heard.url} {dict(heard.headers)} {heard.text}")
        return answer

    def enter(self) -> str:
        """Come in by the router's login page, or as if: the visit as the page hands it on."""
        return field_of(self.get(**self.claims).text, "v")

    def form(self, plan_id: int | None = None, **query: str) -> dict[str, str]:
        """The form to pay for this plan (None: the cheapest), filled in but for the card."""
        query = query or {"v": self.enter()}
        name = f"c{next(_numbers)}"
        page = self.get("/pagar", plan=plan_id or self.site.shop.plan_id, c=name, **query).text
        return {
            "compra": field_of(page, "compra"),
            "v": query.get("v", ""),
            "nombre_cliente": "Ana",
            "email_cliente": self.email,
        }

    def buy(self, card: str = GOOD, **changes: str) -> Response:
        """Buy the cheapest plan, all by the pages."""
        form = self.form() | {"token_tarjeta": self.site.mint(card)} | changes
        return self.post("/pagar", **form)

    def api_status(self, sale_id: str) -> dict[str, Any]:
        """What the JSON API tells of a sale, heard like the pages."""
        answer = self.site.shop.status(sale_id)
        self.said.append(answer.text)
        body: dict[str, Any] = answer.json
        return body


@dataclass
class Victim(Person):
    """A customer with a good access, or on the way to one, and how all stood before."""

    state: str = "online"
    sale: Sale = field(init=False)
    before: dict[str, Any] = field(init=False)

    def __init__(self, site: Site, state: str) -> None:
        super().__init__(site, site.new_phone())
        self.state = state
        if state == "at_bank":
            self.buy(CHALLENGED)
        else:
            self._buy_the_best()
        self.sale = site.shop.sales(Sale.mac == self.device.mac)[0]
        if state == "offline":
            site.disconnect(self.device)
        self.said.clear()
        self.before = self.standing()

    def _buy_the_best(self) -> None:
        shop = self.site.shop
        bought = shop.buy(
            producto_id=best_plan(self.site).id,
            mac_cliente=self.device.mac,
            ip_cliente=self.device.ip,
            email_cliente=self.email,
            conexion_automatica=True,
        )
        assert bought.json["auto_conexion"]["estado"] == "conectado"
        [sale] = shop.sales(Sale.mac == self.device.mac)
        with shop.app.app_context(), writing() as session:
            ends = sa.update(Access).where(Access.id == sale.access_id)
            session.execute(ends.values(expires_at=utc_now() + LEFT))

    @property
    def access(self) -> Access:
        [access] = self.site.shop.accesses(Access.id == self.sale.access_id)
        return access

    def secrets(self) -> list[str]:
        """What nobody else may read."""
        access = self.access
        with self.site.shop.app.app_context():
            codes = [access.name, f'"{access.password}"', f">{access.password}<"]
        return [*codes, self.sale.id, LEFT_SHOWN, *filter(None, [self.sale.action_url])]

    def standing(self) -> dict[str, Any]:
        """Money, access, hotspot user and session, as records and router have them."""
        access, router = self.access, self.site.shop.router
        name = self.site.shop.name_of(access)
        users = [row for row in router.rows("/ip/hotspot/user") if row["name"] == name]
        return {
            "sales": [(sale.id, sale.state) for sale in self._sales()],
            "access": (access.wanted, access.profile_name, access.expires_at),
            "user": [(row["profile"], row.get("disabled")) for row in users],
            "sessions": [
                (row[".id"], row["user"])
                for row in router.active
                if row["mac-address"] == self.device.mac
            ],
        }

    def _sales(self) -> list[Sale]:
        return self.site.shop.sales(Sale.customer_email == self.email)


def check(attacker: Person, victim: Victim) -> None:
    """Nothing was learnt, and all that the victim had stands as it stood."""
    for secret in victim.secrets():
        assert not [said for said in attacker.said if secret in said], secret
    assert not [said for said in attacker.said if SECONDS_LEFT.search(said)]
    now = victim.standing()
    if victim.state != "online":
        # To be connected by what somebody else has paid for is a gift, and no harm.
        del now["sessions"]
    assert now == {name: victim.before[name] for name in now}


def best_plan(site: Site) -> Plan:
    """The dearest, of a profile of its own."""
    with site.shop.app.app_context():
        on_sale = plans.listing(site.shop.company_id, 100, 0).rows
        for plan in on_sale:
            if plan.name == "Premium":
                return plan
        return plans.create(
            ACTOR,
            site.shop.company_id,
            router_id=site.router_id,
            name="Premium",
            amount=30000,
            profile_name="premium",
            duration_seconds=7 * 86400,
        )


@dataclass(frozen=True)
class Rival:
    """Another company of the deployment, and where it says that its login page is."""

    shop: Shop
    router_id: str


def open_rival(site: Site) -> Rival:
    """A company whose router names a host of its own as its login page."""
    shop = Shop(site.shop.app, site.shop.router, site.shop.gateway)
    with shop.app.app_context(), writing() as session:
        own = sa.update(Router).where(Router.id == shop.router_id)
        session.execute(own.values(login_hosts=[EVIL_HOST]))
    return Rival(shop, shop.router_id)


def field_of(page: str, name: str) -> str:
    """What a hidden field of a form holds."""
    (found,) = set(re.findall(rf'name="{name}" value="([^"]*)"', page))
    return found
