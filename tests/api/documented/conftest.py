"""Give a shop that has sold something, with both sandboxes, and the document that describes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.api.auth import LOGIN
from portal.core.database import writing
from portal.models import AdminSession, Company, Image, Plan, Router, utc_now
from portal.operators import alerts, api_keys, companies, routers
from portal.operators.dial_in.enrolment import new_enrolment
from portal.operators.online import listing
from portal.operators.people import users
from portal.operators.people.sessions import Administrator
from portal.operators.router_kit import kit_links
from portal.operators.router_kit.kit import KitOptions
from portal.operators.vouchers.batches import BatchOrder, order_batch
from portal.operators.vouchers.counter import CounterSale, sell_code
from portal.sandbox.smtp import SmtpSandbox
from portal.sandbox.telegram import TelegramSandbox
from portal.web.operator_schemas.alert_schemas import EXAMPLE as ALERTS
from tests.alerts.desk import BOT, CHAT, SECRET
from tests.alerts.receiver import receiver
from tests.api.documented.calls import Operation, picture
from tests.support.quick_passwords import CHEAP
from tests.support.shop import IP, PRIVATE_KEY, Shop, open_shop
from tests.support.tenants import ACTOR, CHEAP_HASH, PASSWORD

# One device buys again and again here, which elsewhere would make it wait.
NO_LIMITS = {
    "device_declines": 0,
    "address_declines": 0,
    "router_declines": 0,
    "address_sales": 0,
    "address_logins": 0,
    "login_failures": 10**6,
    "address_reconnections": 0,
    "address_webhooks": 0,
    "log_level": "ERROR",
}
TUNNEL = {
    "wireguard_endpoint": "wifi.example.com",
    "wireguard_public_key": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=",
}
MAIL = {"smtp_host": "127.0.0.1", "smtp_security": "none", "smtp_from": "avisos@portal.example"}
ROOT = "root@example.com"


class DocumentedShop(Shop):
    """A shop, and what stands in it for what the document's examples name."""

    def _furnish(self) -> None:
        super()._furnish()
        known = CHEAP.hash(LOGIN["password"])
        with writing() as session:
            plan = session.get_one(Plan, self.plan_id)
            plan.duration_seconds, plan.duration_from = 3600, "purchase"
            session.get_one(Company, self.company_id).payment_methods = "card,spei,cash"
            # The first, as the examples number her.
            self.owner_id = users.create_in(
                session,
                ACTOR,
                known,
                email=LOGIN["email"],
                name="Ana",
                role="cliente_admin",
                company_id=self.company_id,
            ).id
            users.create_in(session, ACTOR, CHEAP_HASH, email=ROOT, name="Raíz", role="super_admin")
            # Not the shop's own, whose pictures go when others are uploaded.
            other = Company(name="Otra")
            session.add(other)
            session.flush()
            image = Image(
                company_id=other.id,
                purpose="plan",
                mimetype="image/webp",
                content=picture("webp"),
            )
            session.add(image)
            session.flush()
            self.image_id = image.id
        hidden = {"name": "Cerro", "dial_in": "wireguard", "password": "del-cerro-planted"}
        self.hidden_id = routers.create(ACTOR, self.company_id, **hidden)[0].id

    def hear_of_alerts(self, webhook: str) -> None:
        """Let alerts reach its operator by every way, and one be open."""
        self.webhook = webhook
        with self.app.app_context():
            companies.update(
                ACTOR,
                self.company_id,
                telegram_bot_token=BOT,
                telegram_chat_id=CHAT,
                alerts={
                    "email": {"target": "ana@example.com"},
                    "webhook": {"target": webhook, "secret": SECRET},
                },
            )
            with writing() as session:
                raise_alert(session, self.company_id, AlertKind.PARKED, "sal_1", "Decida.")
            self.alert_id = alerts.listing(self.company_id)[0].id

    def log_in(self, email: str = ROOT, password: str = PASSWORD) -> dict[str, str]:
        """A new session's header."""
        body = {"email": email, "password": password}
        answer = self.app.test_client().post("/api/v1/auth/login", json=body)
        return {"Authorization": f"Bearer {answer.json['access_token']}"}

    def credentials(self, operation: Operation) -> dict[str, str]:
        """What opens the operation, in a session of its own."""
        if operation.said.get("security") == [{"ApiKey": []}]:
            return {"X-API-Key": self.api_key}
        if operation.path.startswith("/api/v1/auth/"):
            return self.log_in(**LOGIN)
        return self.log_in() | {"X-Empresa-ID": self.company_id}

    def spare_key(self) -> str:
        """The id of a key that nobody uses."""
        with self.app.app_context(), writing() as session:
            key = api_keys.mint_in(session, session.get_one(Router, self.router_id)).key
        return key.id

    def kit_token(self) -> str:
        """What opens a link that nobody has used yet."""
        with self.app.app_context():
            link = kit_links.new_link(ACTOR, self.company_id, self.router_id, KitOptions())
        return link.url.rpartition("/")[2]

    def tunnel_token(self) -> str:
        """What the router that dials in posts its key with."""
        with self.app.app_context(), writing() as session:
            url = new_enrolment(session, session.get_one(Router, self.hidden_id))
        return url.rpartition("/")[2]

    def sold_code(self) -> tuple[str, str]:
        """The ids of a code sold at the counter, whose cash nobody has handed over, and a batch."""
        with self.app.app_context():
            user = users.listing(1, 0).rows[0]
            who = Administrator(user.id, user.email, user.name, user.role, None, "ses_0", None)
            sold = sell_code(ACTOR, self.company_id, who, CounterSale(self.plan_id))
            order = BatchOrder(self.plan_id, 2, "Abarrotes Lupe")
            return sold, order_batch(ACTOR, self.company_id, order).id

    def spare_session(self) -> str:
        """The id of a session of the owner's that nobody uses."""
        with self.app.app_context(), writing() as session:
            lasts = utc_now() + timedelta(hours=1)
            row = AdminSession(user_id=self.owner_id, expires_at=lasts)
            session.add(row)
            session.flush()
            return row.id

    def real(self) -> dict[str, str]:
        """What the examples' names stand for, with a sale made just now."""
        self.end_sessions()
        answer = self.buy()
        assert answer.status_code == 200, answer.text
        bought = answer.json
        code_id, batch_id = self.sold_code()
        user = bought["usuario_hotspot"]
        self.router.log_in(user["usuario"], user["contrasena"], IP)
        with self.app.app_context():
            [online] = listing.on_router(self.company_id, self.router_id, 1, 0).rows
        assert online.access is not None
        return {
            "vou_0123456789abcdef0123": code_id,
            "lot_0123456789ab": batch_id,
            "acc_0123456789abcdef0123": online.access.id,
            "1A-AABBCCDDEEFF": online.key,
            "EMP_0123456789": self.company_id,
            "RTR_01234567/tunel": f"{self.hidden_id}/tunel",
            "RTR_01234567": self.router_id,
            "tun_0123456789abcdef0123456789abcdef": self.tunnel_token(),
            "sal_0123456789abcdef0123456789abcdef": bought["referencia"],
            "key_0123456789abcdef": self.spare_key(),
            "ses_0123456789abcdef0123456789abcdef": self.spare_session(),
            "kit_0123456789abcdef0123456789abcdef": self.kit_token(),
            "img_0123456789abcdef0123456789abcdef": self.image_id,
            "key_0Privada1Ejemplo2": PRIVATE_KEY,
            ALERTS["webhook"]["url"]: self.webhook,
            "AB3C9D": bought["usuario_hotspot"]["usuario"],
            '"1234"': f'"{bought["usuario_hotspot"]["contrasena"]}"',
        }


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentedShop]:
    """One for a module's tests."""
    folder = tmp_path_factory.mktemp("instance")
    with TelegramSandbox() as telegram, SmtpSandbox() as smtp, receiver() as webhook:
        telegram.add_bot(BOT, CHAT)
        servers = {"telegram_api_url": telegram.url, "smtp_port": smtp.port} | MAIL | TUNNEL
        with open_shop(folder, None, kind=DocumentedShop, **NO_LIMITS, **servers) as opened:
            opened.hear_of_alerts(webhook.url)
            yield opened


@pytest.fixture(scope="module")
def document(shop: DocumentedShop) -> dict[str, Any]:
    """The document that the shop's application serves."""
    found: dict[str, Any] = shop.app.test_client().get("/api/openapi.json").json
    return found
