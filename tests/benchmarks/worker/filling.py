"""Fill a migrated database, as a script that any build's own Python runs in its own folder.

It imports nothing but the build's records, which an older build has under the same names. Says on
its last line, as JSON, which users stand on which router.
"""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from importlib import import_module
from typing import Any

from sqlalchemy import create_engine, insert, text
from sqlalchemy.orm import Session

PROFILE = "1hora"
YEAR = timedelta(days=365)
AT_ONCE = 5_000


def main() -> None:
    """Fill, and tell of it."""
    parser = argparse.ArgumentParser()
    for name in ("routers", "users", "companies", "old-sales", "port"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    app = import_module("wsgi").app
    with app.app_context():
        filler = Filler(app, options)
        filler.fill()
        print(json.dumps(filler.found))


class Filler:
    """Make companies with routers, an access of a sale for each user, and old sales."""

    def __init__(self, app: Any, options: argparse.Namespace) -> None:
        self._options = options
        self._models: Any = import_module("portal.models")
        self._session: Any = _session_of(app)
        self.found: dict[str, Any] = {}

    def fill(self) -> None:
        """Write all of it."""
        models, session = self._models, self._session
        companies = [self._company(number) for number in range(self._options.companies)]
        deployment = session.get(models.Deployment, 1).name
        routers = {}
        for number in range(self._options.routers):
            company, account, plan = companies[number % len(companies)]
            router = self._router(number, company)
            accesses = [self._access(router, user) for user in range(self._options.users)]
            _insert(session, models.Access, accesses)
            sales = [_sale(models, access, account, plan) for access in accesses]
            _insert(session, models.Sale, sales)
            marks = [[a.name, f"portal:{deployment}:{a.id}"] for a in accesses]
            routers[router.host] = marks
        session.commit()
        self._add_old_sales()
        self.found = {"routers": routers}

    def _company(self, number: int) -> tuple[Any, Any, Any]:
        models, session = self._models, self._session
        company = models.Company(name=f"Empresa {number}")
        session.add(company)
        session.flush()
        account = models.GatewayAccount(
            company_id=company.id, provider="conekta", public_key="key_public", mode="test"
        )
        session.add(account)
        session.flush()
        account.private_key = "key_planted1Private2Key3xyz"
        plan = models.Plan(company_id=company.id, name="1 Hora", amount=2000, profile_name=PROFILE)
        session.add(plan)
        session.flush()
        return company, account, plan

    def _router(self, number: int, company: Any) -> Any:
        router = self._models.Router(
            company_id=company.id,
            name=f"Patio {number}",
            host=address_of(number),
            port=self._options.port,
            username="admin",
        )
        self._session.add(router)
        self._session.flush()
        router.password = "secret"
        self._session.flush()
        return router

    def _access(self, router: Any, user: int) -> Any:
        models = self._models
        access = models.Access(
            id=f"acc_{router.id[4:].lower()}{user:012x}",
            company_id=router.company_id,
            router_id=router.id,
            kind="user_password",
            wanted="enabled",
            actual="enabled",
            profile_name=PROFILE,
            duration_seconds=365 * 86400,
            duration_from="purchase",
            started_at=models.utc_now(),
            expires_at=models.utc_now() + YEAR,
            next_attempt_at=models.utc_now() + YEAR,
        )
        access.name, access.password = f"U{user:05d}", "1234"
        return access

    def _add_old_sales(self) -> None:
        """Copy one sale, as it was delivered long ago."""
        columns = [column.name for column in self._models.Sale.__table__.columns]
        own = {"id": "'old_' || n", "device": "'old' || n", "idempotency_key": "'old' || n"}
        own |= {"order_id": "NULL", "next_attempt_at": "NULL", "lease": "NULL"}
        read = ", ".join(own.get(name, f"s.{name}") for name in columns)
        statement = (
            f"INSERT INTO sale ({', '.join(columns)}) SELECT {read}"
            " FROM (SELECT * FROM sale LIMIT 1) s, generate_series(1, :many) n"
        )
        self._session.execute(text("SET session_replication_role = replica"))
        self._session.execute(text(statement), {"many": self._options.old_sales})
        self._session.execute(text("SET session_replication_role = origin"))
        self._session.commit()


def address_of(number: int) -> str:
    """Give the loopback address of a router."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


def _sale(models: Any, access: Any, account: Any, plan: Any) -> Any:
    sale_id = f"sal_{access.id[4:]}"
    return models.Sale(
        id=sale_id,
        company_id=access.company_id,
        router_id=access.router_id,
        plan_id=plan.id,
        gateway_account_id=account.id,
        access_id=access.id,
        idempotency_key=sale_id,
        request_digest="0" * 64,
        device=sale_id,
        customer_name="María García",
        customer_email="maria@example.com",
        extends=False,
        auto_connect=False,
        plan_name=plan.name,
        amount=2000,
        currency="MXN",
        profile_name=PROFILE,
        state="delivered",
        order_id=f"ord_{sale_id}",
        paid_at=models.utc_now(),
        delivered_at=models.utc_now(),
    )


def _insert(session: Any, record: Any, rows: list[Any]) -> None:
    columns = record.__table__.columns
    values = [{c.name: _value(row, c) for c in columns} for row in rows]
    for start in range(0, len(values), AT_ONCE):
        session.execute(insert(record.__table__), values[start : start + AT_ONCE])


def _value(row: Any, column: Any) -> Any:
    found = getattr(row, column.key)
    if found is not None or column.default is None:
        return found
    return column.default.arg(None) if column.default.is_callable else column.default.arg


def _session_of(app: Any) -> Any:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    return Session(create_engine(url), expire_on_commit=False)


if __name__ == "__main__":
    main()
