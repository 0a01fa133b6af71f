"""Give a shop to break things in: a customer for each attempt, and time that can pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from portal.access.orphaned_users import remove_orphaned_users
from portal.access.provisioning import mark_prefix
from portal.access.usage_sync import sync_usage
from portal.core.database import reading, writing
from portal.models import (
    Access,
    Company,
    GatewayAccount,
    Job,
    PaymentPass,
    Plan,
    Sale,
    WebhookEvent,
    utc_now,
)
from portal.models.sale_states import SaleState
from portal.payments.methods import Method
from portal.providers import open_ports
from portal.sales.context import refund_after_minutes
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.mercadopago import MercadoPagoSandbox
from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.clock import Clock
from portal.worker.dispatcher import run_pass
from portal.worker.orphan_orders import search_orphan_orders
from tests.support.ledgers import Ledgers, read_ledgers
from tests.support.page_buyer import (
    APPROVED,
    charge_in_frame,
    fetch_from,
    form_path,
    open_form,
)
from tests.support.shop import ROUTER_PASSWORD, Shop, close_app, make_app
from tests.support.tills import CONEKTA, MERCADO_PAGO, ConektaTill, MercadoPagoTill, Till

EMAIL = "maria@example.com"
# How long a buyer looks at a frame that does not answer.
FRAME_SECONDS = 1.0
PAY = "/api/v1/payments/pagar"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HOUR, DAY = 3600, 86_400
# Nothing is due before a test makes it so, and no lease lapses by itself.
PATIENT = {
    "retry_first": float(HOUR),
    "retry_longest": float(HOUR),
    "sale_lease": float(HOUR),
    "router_breaker_failures": 1000,
    "router_declines": 0,
    "device_declines": 0,
    "address_declines": 0,
    "cache_seconds": 0.0,
    "log_level": "WARNING",
}
# More passes than any sale needs for all of its steps to be done.
PASSES = 6
DUE = (Sale, Access, WebhookEvent, Job, PaymentPass)
RECORDS = (
    *("payment_pass", "sale_words", "money_back", "sale_visit", "sale_move", "sale"),
    *("voucher", "access", "alert", "webhook_event", "job"),
)


@dataclass(frozen=True)
class Visitor:
    """A customer's device, and the key that names the purchase."""

    mac: str
    ip: str
    key: str


class NeverSettled(Exception):
    """Something is still under way after all those passes."""


class Environment(Shop):
    """A shop whose plan is a day from its purchase, with an account at either gateway.

    What is sold is paid at `till`, which is Conekta's as long as nobody says otherwise.
    """

    def __init__(
        self,
        app: Flask,
        router: RouterSandbox,
        gateway: ConektaSandbox,
        second: MercadoPagoSandbox,
    ) -> None:
        self.tills: dict[str, Till] = {
            CONEKTA: ConektaTill(gateway),
            MERCADO_PAGO: MercadoPagoTill(second),
        }
        self.till = self.tills[CONEKTA]
        super().__init__(app, router, gateway)

    def _furnish(self) -> None:
        super()._furnish()
        with writing() as session:
            plan = session.get_one(Plan, self.plan_id)
            plan.duration_seconds, plan.duration_from = DAY, "purchase"
            account = GatewayAccount(
                company_id=self.company_id, provider=MERCADO_PAGO, public_key="key_public"
            )
            session.add(account)
            session.get_one(Company, self.company_id).payment_methods = ",".join(Method)
            session.flush()
            accounts = session.scalars(
                sa.select(GatewayAccount).where(GatewayAccount.company_id == self.company_id)
            )
            self.account_ids = {account.provider: account.id for account in accounts}
        self.mark_prefix = mark_prefix()
        self._numbers = count(1)
        self.clear()

    def clear(self) -> None:
        """Begin anew: no sales, no users of ours, and accounts at the gateways without orders."""
        number = next(self._numbers)
        with self.app.app_context(), writing() as session:
            for record in RECORDS:
                session.execute(sa.text(f"DELETE FROM {record}"))
            for name, till in self.tills.items():
                account = session.get_one(GatewayAccount, self.account_ids[name])
                account.private_key = till.open_account(number)
        users = self.router.users.values()
        ours = [u[".id"] for u in users if u.get("comment", "").startswith(self.mark_prefix)]
        if ours:
            self.router.execute("/ip/hotspot/user/remove", numbers=",".join(ours))
        if online := [session[".id"] for session in self.router.active]:
            self.router.execute("/ip/hotspot/active/remove", numbers=",".join(online))

    @contextmanager
    def paid_at(self, gateway: str) -> Iterator[Till]:
        """Let all that is sold in the block be paid at this one."""
        before, self.till = self.till, self.tills[gateway]
        try:
            yield self.till
        finally:
            self.till = before

    @property
    def urls(self) -> dict[str, str]:
        """Where the application reaches the gateways, as settings."""
        return {f"{name}_api_url": till.sandbox.url for name, till in self.tills.items()}

    @property
    def private_keys(self) -> list[str]:
        """The company's secrets at its gateways."""
        return [till.private_key for till in self.tills.values()]

    @property
    def account_id(self) -> str:
        """The account at which what is sold is paid."""
        return self.account_ids[self.till.provider]

    def visitor(self) -> Visitor:
        """Somebody new, with a device in the hotspot."""
        number = next(self._numbers)
        mac = f"02:00:00:00:{number >> 8:02X}:{number & 255:02X}"
        ip = f"10.5.{50 + (number >> 8)}.{number & 255}"
        self.router.join(mac, ip)
        return Visitor(mac, ip, f"purchase-{number}")

    def request(self, visitor: Visitor, **changes: Any) -> dict[str, Any]:
        """A purchase as any process can post it; its card is by the name that scenarios use."""
        device = {"mac_cliente": visitor.mac, "ip_cliente": visitor.ip}
        body = self.order(**device | {"pasarela": self.till.provider} | changes)
        if body["token_tarjeta"] is not None:
            body["token_tarjeta"] = self.till.token(body["token_tarjeta"], visitor.key)
        headers = {"X-API-Key": self.api_key, "Idempotency-Key": visitor.key}
        return {"path": PAY, "body": body, "headers": headers}

    def framed_request(self, visitor: Visitor) -> dict[str, Any]:
        """The same on our page, by a form whose order the gateway's own frame is to charge."""
        at = (self.router_id, self.plan_id, visitor.mac, visitor.ip)
        form = open_form(fetch_from(self.app), *at, provider=self.till.provider)
        assert form is not None, "the page shows no form"
        return {"path": form_path(self.router_id), "form": form | {"email_cliente": EMAIL}}

    def send(self, request: dict[str, Any]) -> TestResponse:
        """Post such a purchase."""
        if "form" in request:
            return self.app.test_client().post(request["path"], data=request["form"])
        return self.call(request["path"], request["body"], **request["headers"])

    def extension(self, access_id: str, **changes: Any) -> dict[str, Any]:
        """See `Shop`; its card is by the name that scenarios use."""
        values = super().extension(access_id, **changes)
        purchase = values.get("idempotency_key") or access_id
        if values["card_token"] is not None:
            values["card_token"] = self.till.token(values["card_token"], purchase)
        return values | {"provider": self.till.provider}

    def sales_of(self, visitor: Visitor) -> list[Sale]:
        """This visitor's sales, oldest first."""
        return [sale for sale in self.sales() if sale.mac == visitor.mac]

    def make_due(self, visitor: Visitor | None = None) -> None:
        """Let every lease lapse and all that waits be due, or only what this visitor bought.

        What has its time later on, such as the end of an access, keeps it.
        """
        self._set_due(LONG_AGO, visitor)
        with self.app.app_context(), writing() as session:
            for record in DUE:
                leased = sa.update(record).where(record.lease.is_not(None))
                session.execute(leased.values(lease_until=LONG_AGO))

    def put_off(self) -> None:
        """Let nothing be due for an hour."""
        self._set_due(utc_now() + timedelta(seconds=HOUR), None)

    def _set_due(self, moment: datetime, visitor: Visitor | None) -> None:
        soon = utc_now() + timedelta(seconds=2 * HOUR)
        with self.app.app_context(), writing() as session:
            for record in DUE:
                waiting = sa.update(record).where(record.next_attempt_at <= soon)
                if visitor is not None and record in (Sale, Access):
                    waiting = waiting.where(record.mac == visitor.mac)
                session.execute(waiting.values(next_attempt_at=moment))

    def work_off(self) -> None:
        """The worker, pass after pass, until nothing more can be done at this moment."""
        for _ in range(PASSES):
            if self.is_settled():
                return
            self.work()

    def work(self) -> int:
        """Let all that waits be due, and do one pass of the worker; how much that was."""
        self.make_due()
        with self.app.app_context():
            return run_pass()

    def sync_usage(self) -> None:
        """Read the router's counters, as a round does."""
        with self.app.app_context():
            sync_usage(self.router_id)

    def sweep(self) -> None:
        """Remove from the router what is left over there."""
        with self.app.app_context():
            remove_orphaned_users(self.router_id)

    def search_orders(self) -> None:
        """Search the gateways for orders that no sale knows."""
        with self.app.app_context():
            for account_id in self.account_ids.values():
                search_orphan_orders(account_id)

    def lose_patience(self) -> None:
        """Whoever paid has waited for longer than the company lets them."""
        with self.app.app_context(), reading() as session:
            patience = refund_after_minutes(session, self.company_id)
        self.change(Sale, paid_at=utc_now() - timedelta(minutes=patience + 1))

    def settle(self) -> None:
        """As `work_off`, and then with all patience at its end. Raises NeverSettled.

        The jobs that come round by themselves have come round as well.
        """
        self.work_off()
        self.sync_usage()
        self.sweep()
        self.search_orders()
        with self.settings(card_token_minutes=0, three_ds_minutes=0):
            self.work_off()
        if not self.is_settled():
            sales = [(s.id, s.state) for s in self.sales() if s.next_attempt_at is not None]
            raise NeverSettled(sales)

    def is_settled(self) -> bool:
        """Whether every sale is over or parked, every access as it should be, no pass left.

        A canceled one that may yet be paid outside is looked at for days, and over all the same.
        """
        is_over = (Sale.state == SaleState.CANCELED) & Sale.payable_until.is_not(None)
        under_way = sa.select(Sale.id).where(Sale.next_attempt_at.is_not(None), ~is_over)
        behind = sa.select(Access.id).where(Access.wanted != Access.actual)
        ended = sa.select(Access.id).where(
            Access.wanted != "absent", Access.expires_at <= utc_now()
        )
        unread = sa.select(WebhookEvent.id).where(WebhookEvent.next_attempt_at.is_not(None))
        let_in = sa.select(PaymentPass.id).where(PaymentPass.removed_at.is_(None))
        with self.app.app_context(), reading() as session:
            return not any(
                session.scalar(query.limit(1))
                for query in (under_way, behind, ended, unread, let_in)
            )

    @contextmanager
    def charged_in_frame(self) -> Iterator[None]:
        """Let cards on our pages be charged in the gateway's own frame within the block."""
        before = self.app.extensions["ports"]
        with self.settings(conekta_charge="component"):
            ports = self.app.extensions["ports"] = open_ports(self.app.extensions["settings"])
            try:
                yield
            finally:
                self.app.extensions["ports"] = before
                ports.close()

    def charge_frames(self, number: str = APPROVED) -> None:
        """Every buyer in front of a frame types this card."""
        for sale in self.sales():
            if sale.state == SaleState.PENDING and sale.checkout_id:
                charge_in_frame(self.gateway.url, sale.checkout_id, number, FRAME_SECONDS)

    @contextmanager
    def settings(self, **changes: Any) -> Iterator[None]:
        """Other settings for as long as the block lasts."""
        before = self.app.extensions["settings"]
        self.app.extensions["settings"] = replace(before, **changes)
        try:
            yield
        finally:
            self.app.extensions["settings"] = before

    def ledgers(self) -> Ledgers:
        """The three ledgers: ours, the gateways' and the router's."""
        orders = [order for till in self.tills.values() for order in till.orders()]
        return read_ledgers(self.app, orders, {self.router_id: self.router})


AnyEnvironment = TypeVar("AnyEnvironment", bound=Environment)


@contextmanager
def open_environment(
    instance: Path,
    database_url: str | None,
    kind: type[AnyEnvironment] = Environment,
    clock: Clock | None = None,
    **settings: Any,
) -> Iterator[AnyEnvironment]:
    """An environment of its own while the block lasts; `clock` is its router's."""
    with ExitStack() as stack:
        router = RouterSandbox(password=ROUTER_PASSWORD, license_level=6, clock=clock)
        stack.enter_context(router)
        router.add_profile("1hora")
        gateway = stack.enter_context(ConektaSandbox())
        second = stack.enter_context(MercadoPagoSandbox())
        urls = {"conekta_api_url": gateway.url, "mercadopago_api_url": second.url}
        options = urls | PATIENT | settings
        app = make_app(instance, database_url, **options)
        stack.callback(close_app, app)
        yield kind(app, router, gateway, second)
