"""Prove that personal data goes after the time that the company sets; the money's record stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.core.database import reading, writing
from portal.core.statements import add_record
from portal.models import Access, Company, Plan, Sale, SaleVisit, utc_now
from portal.sales.creation import new_sale_visit
from portal.sales.request import PageVisit
from portal.worker import retention
from portal.worker.retention import erase_personal_data
from tests.support.shop import MAC, Shop


def erase(shop: Shop) -> int:
    with shop.app.app_context():
        return erase_personal_data(shop.company_id)


def age(shop: Shop, days: float) -> None:
    """Let all that was sold be so old."""
    for record in (Sale, Access):
        shop.change(record, created_at=utc_now() - timedelta(days=days))


def end(shop: Shop) -> None:
    """Let the access be over, and off the router."""
    shop.change(Access, expires_at=utc_now())
    shop.reconcile()
    assert shop.accesses()[0].actual == "absent"


def test_it_goes_after_a_year_unless_another_time_is_set(shop: Shop) -> None:
    assert shop.buy().status_code == 200
    age(shop, 364)
    assert erase(shop) == 0
    shop.change(Company, keep_personal_days=30)
    assert erase(shop) == 1
    assert erase(shop) == 0
    [sale] = shop.sales()
    assert (sale.mac, sale.ip, sale.client_address, sale.customer_phone) == (None,) * 4
    assert sale.device_info is None
    assert (sale.customer_name, sale.customer_email) == ("(eliminado)", "(eliminado)")
    assert (sale.amount, sale.state) == (2000, "delivered")


def test_what_is_old_goes_a_batch_at_a_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        assert shop.buy(f"key-{number}").status_code == 200
    age(shop, 366)
    with monkeypatch.context() as patch:
        patch.setattr(retention, "SECONDS", 0.0)
        assert erase(shop) == 0
    assert {sale.customer_name for sale in shop.sales()} == {"María García"}
    assert erase(shop) == 5
    assert {sale.customer_name for sale in shop.sales()} == {"(eliminado)"}
    assert erase(shop) == 0


def test_visits_go_after_a_day(shop: Shop) -> None:
    assert shop.buy().status_code == 200
    [sale] = shop.sales()
    with shop.app.app_context(), writing() as session:
        add_record(session, new_sale_visit(sale, PageVisit(id="here", text="from the router")))
    erase(shop)
    assert visits(shop) == [(sale.id, "from the router")]
    shop.change(SaleVisit, created_at=utc_now() - timedelta(hours=25))
    erase(shop)
    assert visits(shop) == []


def visits(shop: Shop) -> list[tuple[str, str | None]]:
    with shop.app.app_context(), reading() as session:
        return [(kept.id, kept.visit) for kept in session.scalars(sa.select(SaleVisit))]


def test_the_device_of_an_access_goes_when_the_access_has(shop: Shop) -> None:
    shop.change(Plan, duration_seconds=3600, duration_from="purchase")
    assert shop.buy(conexion_automatica=True).status_code == 200
    age(shop, 366)
    erase(shop)
    # It still opens the door to this device.
    assert shop.accesses()[0].mac == MAC
    end(shop)
    age(shop, 364)
    erase(shop)
    assert shop.accesses()[0].mac == MAC
    age(shop, 366)
    erase(shop)
    assert shop.accesses()[0].mac is None
