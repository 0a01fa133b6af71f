"""Fill PostgreSQL with a country: by COPY what is sealed, by generate_series the rest."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from flask import Flask
from sqlalchemy import Connection, insert, select, text

from portal.access.provisioning import mark_prefix
from portal.core.database import writing
from portal.core.extensions import db
from portal.core.vault import Vault
from portal.models import Company, GatewayAccount, Plan, Router
from portal.operators import api_keys
from tests.benchmarks.nation import statements
from tests.benchmarks.nation.country import (
    PASSWORD,
    USER,
    Country,
    access_id,
    address,
    is_dead,
    is_slow,
    name_of,
    router_id,
)
from tests.support.shop import PRIVATE_KEY

CHUNK = 50_000
SHOPS = 8


@dataclass(frozen=True)
class Door:
    """Where somebody can buy: a company's router, its key, and what is sold there."""

    company_id: str
    plan_id: int
    api_key: str


@dataclass(frozen=True)
class Filled:
    """What the rest needs to know: how our users are marked, and where customers buy."""

    mark: str
    doors: tuple[Door, ...]


def fill(app: Flask, country: Country, port: int, say: Callable[[str], None]) -> Filled:
    """Make all of it. `port` is where every router listens."""
    with app.app_context():
        with _told(say, "companies and routers"):
            plans = _companies(country.companies)
            _routers(app, country, port, list(plans))
            doors = _doors(country, plans)
        with _connected() as connection, _told(say, "names, sealed"):
            _seal(connection, app.extensions["vault"], country)
        with _connected() as connection:
            _sell(connection, country, say)
        with _told(say, "VACUUM ANALYZE"), _connected(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        return Filled(mark_prefix(), doors)


def _companies(count: int) -> dict[str, int]:
    """Companies with an account and a plan each; the plans by company."""
    plans = {}
    with writing() as session:
        for number in range(count):
            company = Company(name=f"Red {number}")
            session.add(company)
            session.flush()
            account = GatewayAccount(
                company_id=company.id, provider="conekta", public_key="key_public", mode="test"
            )
            plan = Plan(
                company_id=company.id, name="1 Hora de Internet", amount=2000, profile_name="1hora"
            )
            session.add_all([account, plan])
            session.flush()
            account.private_key = PRIVATE_KEY
            plans[company.id] = plan.id
    return plans


def _routers(app: Flask, country: Country, port: int, companies: list[str]) -> None:
    vault: Vault = app.extensions["vault"]
    rows = [
        {
            "id": router_id(number),
            "company_id": companies[number % len(companies)],
            "name": f"Torre {number}",
            "host": address(number),
            "port": port,
            "username": USER,
            "password_sealed": vault.seal(PASSWORD, f"router:{router_id(number)}:password"),
        }
        for number in range(country.routers)
    ]
    with writing() as session:
        session.execute(insert(Router), rows)


def _doors(country: Country, plans: dict[str, int]) -> tuple[Door, ...]:
    """Some routers that answer as they should."""
    sound = (n for n in range(country.routers) if not is_dead(n) and not is_slow(n))
    ids = [router_id(number) for number in islice(sound, SHOPS)]
    with writing() as session:
        return tuple(
            Door(
                router.company_id, plans[router.company_id], api_keys.mint_in(session, router).token
            )
            for router in session.scalars(select(Router).where(Router.id.in_(ids)))
        )


def _seal(connection: Connection, vault: Vault, country: Country) -> None:
    """Bring the names of what lives, which only we can encrypt, into a table of their own."""
    connection.execute(text(statements.LIVING_TABLE))
    cursor = connection.connection.cursor()
    numbers = iter(range(country.first_living, country.sales + 1))
    while chunk := list(islice(numbers, CHUNK)):
        lines = io.StringIO("".join(_sealed(vault, country, number) for number in chunk))
        cursor.copy_expert("COPY living FROM STDIN", lines)
    connection.commit()


def _sealed(vault: Vault, country: Country, sale: int) -> str:
    row, name = access_id(sale), name_of(sale)
    sealed = vault.seal(name, f"access:{row}:name")
    [digest] = vault.digests(name, f"access:{router_id(sale % country.routers)}:name")
    return f"{sale}\t\\\\x{sealed.hex()}\t{digest}\n"


def _sell(connection: Connection, country: Country, say: Callable[[str], None]) -> None:
    """All sales and accesses at once, and their indexes afterwards."""
    sizes = {"sales": country.sales, "first": country.first_living, "routers": country.routers}
    connection.execute(text("SET synchronous_commit = off"))
    connection.execute(text("SET maintenance_work_mem = '512MB'"))
    # Each row is right by how it is made; to check millions of foreign keys takes minutes.
    connection.execute(text("SET session_replication_role = replica"))
    indexes = connection.execute(text(statements.INDEXES)).all()
    for index in indexes:
        connection.execute(text(f'DROP INDEX "{index.name}"'))
    for name, statement in statements.FILLING.items():
        with _told(say, name):
            connection.execute(text(statement), sizes)
            connection.commit()
    with _told(say, f"{len(indexes)} indexes"):
        for index in indexes:
            connection.execute(text(index.definition))
        connection.execute(text("DROP TABLE living"))
        connection.commit()


@contextmanager
def _connected(**options: str) -> Iterator[Connection]:
    with db.engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def _told(say: Callable[[str], None], what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"{time.monotonic() - began:6.1f} s  {what}")
