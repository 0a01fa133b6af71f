"""Open a company that sells: application, router and gateway, all on real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import load_settings
from portal import create_app
from portal.core import migrations
from portal.core.database import reading, writing
from portal.core.extensions import db
from portal.models import Access, Alert, Company, GatewayAccount, Plan, Router, Sale, SaleMove
from portal.operators import api_keys
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox
from portal.worker.dispatcher import run_pass
from tests.support.databases.connections import lend_connections, take_connections_back
from tests.support.databases.migrated import copy_sqlite, upgrade
from tests.support.quick_apps import share_statements, share_templates
from tests.support.secrets import SECRETS

MAC, IP = "AA:BB:CC:DD:EE:FF", "192.168.88.100"
ROUTER_PASSWORD = "router-secret-planted"
PRIVATE_KEY = "key_planted1Private2Key3xyz"
OpenShop = Callable[..., "Shop"]
AnyShop = TypeVar("AnyShop", bound="Shop")
PATIENT = {"retry_first": 3600.0, "retry_longest": 3600.0}


class Shop:
    """One company with one router and two plans; `buy` posts a purchase."""

    def __init__(self, app: Flask, router: RouterSandbox, gateway: ConektaSandbox) -> None:
        self.app, self.router, self.gateway = app, router, gateway
        with app.app_context():
            self._furnish()

    def _furnish(self) -> None:
        with writing() as session:
            company = Company(name="Café Ñandú")
            session.add(company)
            session.flush()
            account = GatewayAccount(
                company_id=company.id, provider="conekta", public_key="key_public", mode="test"
            )
            session.add(account)
            router = add_router(session, company.id, self.router, "Patio")
            account.private_key = PRIVATE_KEY
            hour = Plan(
                company_id=company.id,
                router_id=router.id,
                name="1 Hora de Internet",
                amount=2000,
                profile_name="1hora",
            )
            session.add(hour)
            session.flush()
            self.company_id, self.router_id, self.plan_id = company.id, router.id, hour.id
            self.api_key = api_keys.mint_in(session, router).token

    def post(self, body: Any, **headers: str) -> TestResponse:
        """Post a purchase as it is."""
        return self.call("/api/v1/payments/pagar-conekta", body, **headers)

    def call(self, path: str, body: Any, **headers: str) -> TestResponse:
        """Post to a public endpoint with the router's key."""
        return self.app.test_client().post(
            path, json=body, headers={"X-API-Key": self.api_key, **headers}
        )

    def order(self, **changes: Any) -> dict[str, Any]:
        """The seed's purchase, changed."""
        return {
            "producto_id": self.plan_id,
            "token_tarjeta": "tok_test_visa_4242",
            "nombre_cliente": "María García",
            "email_cliente": "maria@example.com",
            "telefono_cliente": "5512345678",
            "mac_cliente": MAC,
            "ip_cliente": IP,
        } | changes

    def buy(self, key: str | None = None, **changes: Any) -> TestResponse:
        """Post the seed's purchase, changed."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.post(self.order(**changes), **headers)

    def extension(self, access_id: str, **changes: Any) -> dict[str, Any]:
        """Give the values of the request, as a page makes it, that adds to an access; changed."""
        return {
            "company_id": self.company_id,
            "router_id": self.router_id,
            "plan_id": self.plan_id,
            "card_token": "tok_test_visa_4242",
            "customer_name": "María García",
            "customer_email": "maria@example.com",
            "mac": MAC,
            "extends_access_id": access_id,
        } | changes

    def status(self, reference: str) -> TestResponse:
        """Ask how a purchase stands."""
        return self.app.test_client().get(
            f"/api/v1/payments/{reference}", headers={"X-API-Key": self.api_key}
        )

    def reconcile(self) -> int:
        """One pass of the worker, with all that waits made due."""
        with self.app.app_context():
            self.make_due()
            return run_pass()

    def end_sessions(self) -> None:
        """Take every device offline: who is online with one code is not switched to another."""
        for session in self.router.active:
            self.router.execute("/ip/hotspot/active/remove", **{".id": session[".id"]})

    def make_due(self) -> None:
        """Let every lease lapse and every waiting sale and access be due."""
        past = sa.text("updated_at")
        with self.app.app_context(), writing() as session:
            for record in (Sale, Access):
                session.execute(sa.update(record).values(lease_until=past))
                waiting = sa.update(record).where(record.next_attempt_at.is_not(None))
                session.execute(waiting.values(next_attempt_at=past))

    def sales(self, *which: sa.ColumnElement[bool]) -> list[Sale]:
        """All sales, or those of which this holds, oldest first."""
        return self._all(sa.select(Sale).where(*which).order_by(Sale.created_at))

    def accesses(self, *which: sa.ColumnElement[bool]) -> list[Access]:
        """All accesses, or those of which this holds, oldest first."""
        return self._all(sa.select(Access).where(*which).order_by(Access.created_at))

    def name_of(self, access: Access) -> str:
        """The hotspot name of an access, which stands sealed in its record."""
        with self.app.app_context():
            name: str = access.name
        return name

    def alerts(self) -> list[Alert]:
        """All that the operator was told."""
        return self._all(sa.select(Alert).order_by(Alert.id))

    def history(self, sale_id: str) -> list[str]:
        """The states that a sale went through."""
        query = sa.select(SaleMove).where(SaleMove.sale_id == sale_id).order_by(SaleMove.id)
        return [move.to_state for move in self._all(query)]

    def change(self, record: type, **values: Any) -> None:
        """Change a column in all rows, as time or an operator would."""
        with self.app.app_context(), writing() as session:
            session.execute(sa.update(record).values(**values))

    def charged(self) -> int:
        """Centavos that the gateway holds for this shop: paid less refunded."""
        paid = [o for o in self.gateway.orders() if o.get("payment_status") == "paid"]
        return sum(order["amount"] for order in paid)

    def _all(self, query: Any) -> list[Any]:
        with self.app.app_context(), reading() as session:
            return list(session.scalars(query))


def add_router(session: Session, company_id: str, sandbox: RouterSandbox, name: str) -> Router:
    """Give a company a further router, which the sandbox is."""
    router = Router(
        company_id=company_id,
        name=name,
        host=sandbox.host,
        port=sandbox.port,
        username=sandbox.user,
    )
    session.add(router)
    session.flush()
    router.password = sandbox.password
    return router


@contextmanager
def asking_from(shop: Shop, address: str) -> Iterator[None]:
    """Let the shop's calls come from this address while the block lasts."""

    class Client(FlaskClient):
        def open(self, *args: Any, **kwargs: Any) -> TestResponse:
            kwargs.setdefault("environ_overrides", {"REMOTE_ADDR": address})
            return super().open(*args, **kwargs)

    before, shop.app.test_client_class = shop.app.test_client_class, Client
    try:
        yield
    finally:
        shop.app.test_client_class = before


def make_app(instance: Path, database_url: str | None, **settings: Any) -> Flask:
    """The application on this database, migrated. None: SQLite in `instance`."""
    environ = SECRETS | {"INSTANCE_PATH": str(instance)}
    if database_url:
        environ["DATABASE_URL"] = database_url
    is_new = not database_url and copy_sqlite(instance, SECRETS)
    app = create_app(load_settings(environ, **settings))
    with app.app_context():
        lend_connections(db.engine)
    share_statements(app)
    share_templates(app)
    # They can be walked either way from then on.
    migrations.prepare(app)
    if not is_new:
        upgrade(app)
    return app


@contextmanager
def open_shop(
    instance: Path, database_url: str | None, kind: type[AnyShop] = Shop, **settings: Any
) -> Iterator[AnyShop]:
    """A shop that sells while the block lasts."""
    with ExitStack() as stack:
        router = stack.enter_context(RouterSandbox(password=ROUTER_PASSWORD))
        router.add_profile("1hora")
        router.join(MAC, IP)
        gateway = stack.enter_context(ConektaSandbox(keys=[PRIVATE_KEY]))
        options = {"conekta_api_url": gateway.url} | PATIENT | settings
        app = make_app(instance, database_url, **options)
        stack.callback(close_app, app)
        yield kind(app, router, gateway)


def close_app(app: Flask) -> None:
    """Close all connections that the application holds, or keep them for the next one."""
    app.extensions["ports"].close()
    with app.app_context():
        take_connections_back(db.engine)
