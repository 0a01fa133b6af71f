"""Test that sales are found by what people know of them, by the database as by our own words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.core.database import reading, writing
from portal.models import Access, Company, Sale, SaleMove, SaleWords, SaleWordsCursor, utc_now
from portal.operators import transactions
from portal.sales.search import finding
from portal.sales.search.writing import write_words
from portal.worker.retention import erase_personal_data
from tests.api.admin.sold import make_sale
from tests.support.databases.queries import recorded_queries
from tests.support.tenants import Tenant, make_tenant

NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
WANTED: dict[str, Any] = {
    "order_id": "ord_Wanted",
    "customer_name": "José Ángel O'Brien Ñúñez",
    "customer_email": "jose.angel+wifi@Example.com",
    "customer_phone": "5512345678",
    "mac": "AA:BB:CC:00:11:22",
    "card_last4": "4242",
    "amount": 123_450,
}
FINDS = (
    *("jose", "JOSÉ", "angel nunez", "ñúñ", "o'brien", "brien", "nunez jose"),
    *("jose.angel+wifi@example.com", "jose.angel+w", "wifi", "example.com", "551234"),
    *("aa:bb:cc", "AA-BB-CC-00-11-22", "00:11", "aabbcc001122", "4242", "$1,234.50", "1234.50"),
    *("jose 4242", "ord_Wanted", "!jose"),
)
NOWHERE = ("osé", "424", "1234", "$4242", "12.34", "bb:aa", "jose maria", "ord_Want")
SIGNS = ("%", "' | '", ":*", "\\", "jose & maria", "()", "'")
MISSES = (*NOWHERE, *SIGNS)


@pytest.fixture(params=["fresh", "written"])
def sale_id(app: Flask, tenant: Tenant, request: pytest.FixtureRequest) -> str:
    """A sale among others, looked at by itself or found by words that were written."""
    made = make_sale(app, tenant, NOON, "delivered", **WANTED)
    make_sale(app, tenant, NOON, "delivered", customer_name="María", customer_email="m@otro.mx")
    make_sale(app, make_tenant(app, "Ajena"), NOON, "delivered", **WANTED | {"order_id": "ord_2"})
    if request.param == "written":
        write(app)
        forget_history(app)
    return made


def write(app: Flask) -> int:
    with app.app_context():
        with writing() as session:
            session.execute(update(SaleMove).values(at=utc_now() - timedelta(hours=1)))
        return write_words()


def forget_history(app: Flask) -> None:
    """Be sure that none is found by looking at it."""
    with app.app_context(), reading() as session:
        cursor = session.scalars(select(SaleWordsCursor.sale_move_id)).one()
        newest = session.scalars(select(SaleMove.id).order_by(SaleMove.id.desc()).limit(1)).one()
    assert cursor == newest


def found(app: Flask, tenant: Tenant, text: str) -> list[str]:
    with app.app_context():
        part = transactions.part(tenant.company_id, 50, text=text)
        listed = transactions.listing(tenant.company_id, 50, 0, text=text)
    ids = [status.sale.id for status in part.rows]
    assert (ids, listed.total) == ([status.sale.id for status in listed.rows], len(ids))
    return ids


def test_what_people_know_of_it_finds_it(app: Flask, tenant: Tenant, sale_id: str) -> None:
    assert {text: found(app, tenant, text) for text in FINDS} == {text: [sale_id] for text in FINDS}
    assert {text: found(app, tenant, text) for text in MISSES} == {text: [] for text in MISSES}
    for text in (sale_id, sale_id[:12], sale_id[:20] + "…"):
        assert found(app, tenant, text) == [sale_id]


def test_a_code_finds_it(app: Flask, tenant: Tenant, sale_id: str) -> None:
    with app.app_context():
        with reading() as session:
            access = session.get_one(Access, session.get_one(Sale, sale_id).access_id)
        name = access.name
    assert found(app, tenant, name.lower()) == [sale_id]
    assert found(app, make_tenant(app, "Otra"), name) == []


def test_another_history_line_has_its_words_written_again(app: Flask, tenant: Tenant) -> None:
    sale_id = make_sale(app, tenant, NOON, "pending", customer_name="Sin Nombre")
    write(app)
    with app.app_context(), writing() as session:
        session.execute(update(Sale).where(Sale.id == sale_id).values(customer_name="Zoé Paz"))
        session.add(
            SaleMove(sale_id=sale_id, from_state="pending", to_state="paid", actor="worker")
        )
    assert found(app, tenant, "zoe") == [sale_id]
    assert write(app) >= 1
    assert found(app, tenant, "zoe") == [sale_id]
    assert found(app, tenant, "nombre") == []


def test_words_of_who_is_forgotten_go_too(app: Flask, tenant: Tenant, sale_id: str) -> None:
    with app.app_context():
        with writing() as session:
            session.get_one(Company, tenant.company_id).keep_personal_days = 1
        erase_personal_data(tenant.company_id)
        with reading() as session:
            assert session.get(SaleWords, sale_id) is None
    assert found(app, tenant, "jose") == []
    assert found(app, tenant, "ord_Wanted") == [sale_id]


def test_a_list_goes_on_where_it_ended(app: Flask, tenant: Tenant) -> None:
    made = {make_sale(app, tenant, NOON, "delivered", amount=777) for _ in range(5)}
    made |= {make_sale(app, tenant, NOON - timedelta(hours=h), "delivered") for h in range(1, 3)}
    seen: list[str] = []
    with app.app_context(), recorded_queries(app) as statements:
        part = transactions.part(tenant.company_id, 3)
        asked = len(statements)
        seen += [status.sale.id for status in part.rows]
        # Newer than all: it moves no other from its place.
        make_sale(app, tenant, NOON + timedelta(days=1), "delivered")
        while part.following:
            part = transactions.part(tenant.company_id, 3, part.following)
            seen += [status.sale.id for status in part.rows]
    assert asked == 3
    assert (len(seen), set(seen)) == (7, made)


def test_only_so_many_fresh_ones_are_looked_at(
    app: Flask, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_FRESH", 1)
    make_sale(app, tenant, NOON, "delivered", customer_name="Primera")
    newest = make_sale(app, tenant, NOON, "delivered", customer_name="Primera")
    assert found(app, tenant, "primera") == [newest]


@pytest.mark.parametrize("state", [None, "paid"])
@pytest.mark.parametrize(("is_written", "rare_ones"), [(True, 100), (True, 2), (False, 100)])
def test_what_is_rare_is_looked_up_past_the_newest(
    app: Flask,
    tenant: Tenant,
    state: str | None,
    is_written: bool,
    rare_ones: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is not, is found by looking through all there are."""
    monkeypatch.setattr(finding, "WINDOW", 2)
    monkeypatch.setattr(finding, "WIDE", 3)
    monkeypatch.setattr(finding, "RARE", rare_ones)
    rare = {"customer_name": "Rarísima"}
    wanted = [
        make_sale(app, tenant, NOON + timedelta(hours=hour // 2), "delivered", **rare)
        for hour in range(5)
    ]
    for hour in range(4):
        make_sale(app, tenant, NOON + timedelta(hours=hour), "delivered")
        make_sale(app, tenant, NOON + timedelta(hours=hour), "refunded", **rare)
    if is_written:
        write(app)
    seen: list[str] = []
    with app.app_context():
        filters: transactions.Filters = {"text": "rarisima"}
        if state:
            filters["state"] = state
        part = transactions.part(tenant.company_id, 2, **filters)
        seen += [status.sale.id for status in part.rows]
        while part.following:
            part = transactions.part(tenant.company_id, 2, part.following, **filters)
            seen += [status.sale.id for status in part.rows]
        every = [status.sale.id for status in transactions.every(tenant.company_id, **filters)]
        listed = transactions.listing(tenant.company_id, 2, 3, **filters)
    if state:
        assert set(seen) == set(wanted)
    assert len(seen) == (5 if state else 9)
    assert every == seen
    assert [status.sale.id for status in listed.rows] == seen[3:5]
    assert listed.total == len(seen)
