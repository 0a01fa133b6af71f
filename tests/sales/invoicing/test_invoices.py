"""Test that a buyer gets to the invoice of a purchase, and that no sale waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.database import reading
from portal.models import AuditEntry, InvoiceAccount, InvoiceReceipt, Sale, utc_now
from portal.sales.invoicing.withdrawal import withdraw_receipts
from portal.sales.operator_refund import refund_sale
from portal.sandbox.facturapi import FacturapiSandbox
from tests.panel.client import panel_of
from tests.sales.test_nothing_held import Watch
from tests.support.shop import OpenShop, Shop

KEY = "sk_test_planted0Key1xyz"
PAGE = "/panel/contabilidad/facturas"


@pytest.fixture
def sandbox() -> Iterator[FacturapiSandbox]:
    with FacturapiSandbox() as running:
        running.add_organization(KEY)
        yield running


@pytest.fixture
def shop(open_a_shop: OpenShop, sandbox: FacturapiSandbox) -> Shop:
    opened = open_a_shop(facturapi_api_url=sandbox.api_url)
    assert opened.buy().status_code == 200
    return opened


def offer(shop: Shop, **fields: str) -> TestResponse:
    """Enter the key as an owner does."""
    return panel_of(shop.app, shop.company_id).post(PAGE, **fields)


@pytest.fixture
def offering(shop: Shop) -> Shop:
    assert offer(shop, llave=KEY, activa="1").status_code == 303
    return shop


def address(shop: Shop) -> str:
    return f"/r/{shop.router_id}/pago/{shop.sales()[0].id}"


def ask(shop: Shop) -> TestResponse:
    return shop.app.test_client().post(f"{address(shop)}/factura")


def receipts(shop: Shop) -> list[InvoiceReceipt]:
    with shop.app.app_context(), reading() as session:
        return list(session.scalars(select(InvoiceReceipt)))


def test_it_is_off_by_default(shop: Shop, sandbox: FacturapiSandbox) -> None:
    assert "Quiero factura" not in shop.app.test_client().get(address(shop)).text
    assert ask(shop).status_code == 409
    assert sandbox.receipts == {}


def test_a_buyer_is_led_to_the_invoice(offering: Shop, sandbox: FacturapiSandbox) -> None:
    shown = offering.app.test_client().get(address(offering)).text
    assert "Quiero factura" in shown
    # Nothing was asked for by the sale itself, nor by its page.
    assert sandbox.receipts == {}
    for _ in range(2):
        answer = ask(offering)
        [receipt] = sandbox.receipts.values()
        expected = f"{sandbox.url}/autofactura/{receipt['id']}"
        assert (answer.status_code, answer.headers["Location"]) == (303, expected)
    [sale] = offering.sales()
    assert (receipt["idempotency_key"], receipt["total"]) == (sale.id, 20.0)


def test_what_is_lost_is_asked_for_again(offering: Shop, sandbox: FacturapiSandbox) -> None:
    sandbox.failures.append((500, {}))
    answer = ask(offering)
    assert answer.status_code == 503
    assert "Intenta de nuevo" in answer.text
    assert ask(offering).status_code == 303
    assert len(receipts(offering)) == 1


def test_nothing_is_held_while_it_is_asked_for(offering: Shop) -> None:
    watch = Watch(offering.app)
    ports = offering.app.extensions["ports"]
    client = offering.app.test_client()
    found = ports.invoicers["facturapi"]
    noted: list[str] = []

    def opened(key: str) -> object:
        watch.note("issue")
        noted.append(key)
        return found.open(key)

    ports.invoicers["facturapi"] = type(found)(found.label, opened, found.close)
    assert client.post(f"{address(offering)}/factura").status_code == 303
    assert (noted, watch.breaches) == ([KEY], [])


def test_what_went_back_has_no_invoice(offering: Shop, sandbox: FacturapiSandbox) -> None:
    ask(offering)
    [sale] = offering.sales()
    with offering.app.app_context():
        assert withdraw_receipts(offering.company_id) == 0
        refund_sale(sale.id, "No funcionó")
        sandbox.failures.append((500, {}))
        assert withdraw_receipts(offering.company_id) == 0
        assert withdraw_receipts(offering.company_id) == 1
        assert withdraw_receipts(offering.company_id) == 0
    assert [receipt["status"] for receipt in sandbox.receipts.values()] == ["canceled"]
    assert ask(offering).status_code == 409


def test_its_time_ends(offering: Shop) -> None:
    ask(offering)
    offering.change(InvoiceReceipt, expires_at=utc_now() - timedelta(seconds=1))
    answer = ask(offering)
    assert (answer.status_code, "plazo" in answer.text) == (409, True)


def test_dollars_have_none(offering: Shop) -> None:
    offering.change(Sale, currency="USD")
    assert ask(offering).status_code == 409


def test_an_owner_switches_it_on_and_off(shop: Shop, sandbox: FacturapiSandbox) -> None:
    without_key = offer(shop, activa="1")
    assert (without_key.status_code, "llave secreta" in without_key.text) == (422, True)
    assert offer(shop, llave="sk_test_wrong", activa="1").status_code == 303
    assert ask(shop).status_code == 503
    panel = panel_of(shop.app, shop.company_id)
    shown = panel.get(PAGE).text
    assert "La llave fue rechazada" in shown
    assert "sk_test_wrong" not in shown
    # What is left empty stays; and a new key is not refused yet.
    assert offer(shop, llave=KEY, activa="1").status_code == 303
    assert ask(shop).status_code == 303
    assert offer(shop, llave="", **{"activa-asked": "1"}).status_code == 303
    assert "Quiero factura" not in shop.app.test_client().get(address(shop)).text
    with shop.app.app_context(), reading() as session:
        account = session.scalars(select(InvoiceAccount)).one()
        assert (account.active, account.key, account.refused_at) == (False, KEY, None)
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "invoicing.set"))
        assert KEY not in str([(entry.details, entry.before, entry.after) for entry in told])
