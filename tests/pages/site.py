"""Serve a shop's pages on a real socket, with both sandboxes behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.core.image_encoding import LARGEST_LOGO
from portal.hotspot.errors import RouterError
from portal.hotspot.setup.facts import KitFacts
from portal.hotspot.setup.pages import pages
from portal.models import Access, Company, GatewayAccount, Image, Plan, Router, Sale, utc_now
from portal.operators import plans
from portal.operators.audit import Actor
from portal.ports import presence_of
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import HotspotHttp, RouterSandbox
from portal.sandbox.routeros.login_pages.files import put_file
from portal.worker.retention import erase_personal_data
from tests.support.patience import PATIENCE
from tests.support.servers.ports import free_port
from tests.support.servers.serving import serve
from tests.support.shop import PATIENT, PRIVATE_KEY, ROUTER_PASSWORD, Shop, close_app, make_app

SCRIPT = "/component/conekta-checkout.min.js"
LOGIN_HOST = "10.5.50.1"
MORE_PLANS = (
    {
        "name": "24 Horas de Internet",
        "amount": 5000,
        "description": "Para todo el día, también de noche",
        "duration_seconds": 86400,
        "data_limit": 5 * 2**30,
        "speed": "10 Mbps",
        "max_devices": 2,
        "featured": True,
    },
    {"name": "Semana completa", "amount": 19950, "duration_seconds": 7 * 86400, "max_devices": 3},
)
MANY = 12
ACTOR = Actor("cli:tests")
_numbers = count(1)


PAUSE = 0.05
ROUTER_LIMITS = ("router_timeout", "router_connect_timeout", "router_slow_after")


@dataclass(frozen=True)
class Phone:
    """A device in the hotspot."""

    mac: str
    ip: str


def ip_of(number: int) -> str:
    """An address of the hotspot for each of many phones; the router's own is not among them."""
    return f"10.5.{50 + number // 250}.{number % 250 + 2}"


class Site:
    """The shop and where its pages are."""

    def __init__(self, shop: Shop, hotspot: HotspotHttp, url: str) -> None:
        self.shop, self.hotspot, self.url = shop, hotspot, url
        self.router_id = shop.router_id

    def new_phone(self) -> Phone:
        """A phone that has just joined the WiFi."""
        number = next(_numbers)
        phone = Phone(f"02:00:00:00:{number // 256:02X}:{number % 256:02X}", ip_of(number))
        self.shop.router.join(phone.mac, phone.ip)
        return phone

    def path(self, phone: Phone | None = None, **query: str) -> str:
        """Where the router's login page sends a phone."""
        said: dict[str, str] = {}
        if phone is not None:
            said = {
                "mac": phone.mac,
                "ip": phone.ip,
                "link-login-only": f"http://{LOGIN_HOST}/login",
                "link-orig": "http://captive.apple.com/hotspot-detect.html",
            }
        named = {name.replace("_", "-"): value for name, value in query.items()}
        return f"/r/{self.router_id}?{urlencode(said | named)}"

    def let_log_in(self, method: str) -> None:
        """Let the hotspot's login page take codes in this way alone."""
        path = "/ip/hotspot/profile"
        for row in self.shop.router.rows(path):
            self.shop.router.execute(f"{path}/set", numbers=row[".id"], login_by=method)

    def mint(self, number: str) -> str:
        """A token for this test card."""
        return self.shop.gateway.mint(number, PRIVATE_KEY)

    def change_sale(self, sale: Sale, **values: Any) -> None:
        """Let this sale be otherwise than it is."""
        with self.shop.app.app_context(), writing() as session:
            session.execute(sa.update(Sale).where(Sale.id == sale.id).values(**values))

    def end(self, sale: Sale) -> None:
        """Let the time that this sale bought be over."""
        ended = sa.update(Access).where(Access.id == sale.access_id)
        with self.shop.app.app_context(), writing() as session:
            session.execute(ended.values(wanted="absent", expires_at=utc_now()))

    def erase(self) -> None:
        """Let what is too old to be kept go."""
        with self.shop.app.app_context():
            erase_personal_data(self.shop.company_id)

    @contextmanager
    def crowded(self) -> Iterator[None]:
        """The shop has a logo as large as may be, and many plans, while the block lasts."""
        company = self.shop.company_id
        with self.shop.app.app_context(), writing() as session:
            noise = Random(4).randbytes(LARGEST_LOGO)
            logo = Image(company_id=company, purpose="logo", mimetype="image/png", content=noise)
            session.add(logo)
            more = [_one_of_many(self.shop, number) for number in range(MANY)]
            session.add_all(more)
        yield
        with self.shop.app.app_context(), writing() as session:
            for row in (logo, *more):
                session.delete(session.merge(row))

    def bring_router_back(self) -> None:
        """Have it answer again, and the application, which leaves it alone for a while, know it."""
        self.shop.router.come_up()
        with self.shop.app.app_context():
            with reading() as session:
                presence = presence_of(session.get_one(Router, self.router_id))
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    presence.hosts(PATIENCE, mac="02:00:00:FF:FF:FF")
                    return
                except RouterError:
                    assert time.monotonic() < until
                    time.sleep(PAUSE)

    def disconnect(self, phone: Phone) -> None:
        """The phone's session ends; it stays in the WiFi."""
        for row in self.shop.router.active:
            if row["mac-address"] == phone.mac:
                path = "/ip/hotspot/active/remove"
                self.shop.router.execute(path, numbers=row[".id"])

    @contextmanager
    def dearer(self) -> Iterator[None]:
        """The hour costs $25 while the block lasts."""
        self._price_hour(2500)
        yield
        self._price_hour(2000)

    def _price_hour(self, amount: int) -> None:
        with self.shop.app.app_context():
            plans.update(ACTOR, self.shop.company_id, self.shop.plan_id, amount=amount)

    @contextmanager
    def with_passwords(self) -> Iterator[None]:
        """The company's pages sell user and password while the block lasts."""
        self.shop.change(Company, portal_credentials="user_password")
        yield
        self.shop.change(Company, portal_credentials="pin")

    @contextmanager
    def without_gateway(self) -> Iterator[None]:
        """The company has no key for browsers while the block lasts."""
        self.shop.change(GatewayAccount, public_key=None)
        yield
        self.shop.change(GatewayAccount, public_key="key_public")

    @contextmanager
    def without_login_page(self) -> Iterator[None]:
        """Nobody has said where the router's login page is, while the block lasts."""
        self.shop.change(Router, login_hosts=[])
        yield
        self.shop.change(Router, login_hosts=[LOGIN_HOST, self.hotspot.host])

    @contextmanager
    def closed(self) -> Iterator[None]:
        """The company sells nothing while the block lasts."""
        self.shop.change(Company, active=False)
        yield
        self.shop.change(Company, active=True)

    def address(self, phone: Phone | None = None, **query: str) -> str:
        """The same with scheme and host."""
        return self.url + self.path(phone, **query)


@contextmanager
def open_site(
    instance: Path, database_url: str | None = None, *, secure: bool = False, **settings: Any
) -> Iterator[Site]:
    """A site that serves while the block lasts, over https if it is to be `secure`."""
    port = free_port()
    url = f"{'https' if secure else 'http'}://127.0.0.1:{port}"
    with ExitStack() as stack:
        # All tests of a folder may be online at once, more than the licence of most routers admits.
        router = stack.enter_context(RouterSandbox(password=ROUTER_PASSWORD, license_level=6))
        router.add_profile("1hora")
        hotspot = stack.enter_context(HotspotHttp(router))
        gateway = stack.enter_context(ConektaSandbox(keys=[PRIVATE_KEY]))
        options = {
            "conekta_api_url": gateway.url,
            "conekta_script_url": gateway.url + SCRIPT,
            "public_url": url,
            # However busy the machine is, this router answers in time.
            **dict.fromkeys(ROUTER_LIMITS, PATIENCE / 3),
        }
        app = make_app(instance, database_url, **(options | PATIENT | settings))
        stack.callback(close_app, app)
        shop = Shop(app, router, gateway)
        _furnish(shop, hotspot)
        _upload_pages(shop, url)
        stack.enter_context(serve(app, port, secure=secure))
        yield Site(shop, hotspot, url)


def _one_of_many(shop: Shop, number: int) -> Plan:
    return Plan(
        company_id=shop.company_id,
        router_id=shop.router_id,
        name=f"Plan número {number}",
        amount=1000 * number + 1000,
        profile_name="1hora",
        description="Navegue, mire videos y hable con los suyos sin preocuparse de nada",
        details=[{"texto": "Sin contratos"}, {"texto": "Funciona en todo el local"}],
        position=100 + number,
    )


def _upload_pages(shop: Shop, url: str) -> None:
    """The kit's pages, as an operator puts them on the router."""
    facts = KitFacts(
        portal_url=url,
        router_id=shop.router_id,
        router_name="Patio",
        router_host="127.0.0.1",
        api_user="portal",
        api_password="secret",
        api_ssl=False,
    )
    for name, text in pages(facts).items():
        shop.router.ask(partial(put_file, name=f"hotspot/{name}", contents=text))


def _furnish(shop: Shop, hotspot: HotspotHttp) -> None:
    shop.change(Router, login_hosts=[LOGIN_HOST, hotspot.host], location="Planta baja")
    shop.change(
        Company,
        color="#0f766e",
        contact_phone="55 1234 5678",
        contact_email="hola@example.com",
        # Who is sent to the bank goes there at once; the pass has tests of its own.
        passes_per_device=0,
        legal_name="Cafetería Ñandú de la Península SA de CV",
        rfc="EKU9003173C9",
        address="Av. Hidalgo 12, Centro, 22000 Tijuana, B.C.",
        terms="Use la red con respeto.\nNo se permite compartir material ajeno.",
    )
    with shop.app.app_context():
        plans.update(
            ACTOR,
            shop.company_id,
            shop.plan_id,
            duration_seconds=3600,
            description="Acceso ilimitado por 1 hora",
        )
        for position, plan in enumerate(MORE_PLANS, start=1):
            values: Any = {"router_id": shop.router_id, "profile_name": "1hora", **plan}
            plans.create(ACTOR, shop.company_id, position=position, **values)
