"""Test the port to whoever issues invoices against a simulated Facturapi, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.invoicing.facturapi.adapter import Facturapi
from portal.invoicing.facturapi.client import FacturapiClient
from portal.invoicing.invoicer import (
    Invoiced,
    InvoiceRefused,
    InvoiceUnknown,
    Issued,
    Withdrawn,
)
from portal.sandbox.facturapi import FacturapiSandbox

KEY = "sk_test_planted0Key1xyz"
SOLD = Invoiced("sal_1", "1 Hora de Internet", 9900, "MXN", 1600)


@pytest.fixture
def sandbox() -> Iterator[FacturapiSandbox]:
    with FacturapiSandbox() as running:
        running.add_organization(KEY)
        yield running


@pytest.fixture
def invoicer(sandbox: FacturapiSandbox) -> Iterator[Facturapi]:
    client = FacturapiClient(sandbox.api_url)
    yield Facturapi(KEY, client)
    client.close()


def test_a_receipt_is_made_once(sandbox: FacturapiSandbox, invoicer: Facturapi) -> None:
    first, again = invoicer.issue(SOLD, 5.0), invoicer.issue(SOLD, 5.0)
    assert isinstance(first, Issued)
    assert first == again
    [receipt] = sandbox.receipts.values()
    assert first.url == f"{sandbox.url}/autofactura/{receipt['id']}"
    assert receipt["idempotency_key"] == receipt["external_id"] == "sal_1"
    product = receipt["items"][0]["product"]
    # The tax stays within the price, so that nobody makes $98.99 of it.
    assert (product["price"], product["tax_included"]) == (99.0, True)
    assert product["taxes"] == [{"type": "IVA", "rate": 0.16}]


def test_a_receipt_is_withdrawn_unless_it_is_an_invoice(
    sandbox: FacturapiSandbox, invoicer: Facturapi
) -> None:
    issued = invoicer.issue(SOLD, 5.0)
    assert isinstance(issued, Issued)
    for _ in range(2):
        assert invoicer.withdraw(issued.receipt_id, 5.0) == Withdrawn()
    sandbox.invoice(issued.receipt_id)
    refused = invoicer.withdraw(issued.receipt_id, 5.0)
    assert refused == InvoiceRefused("El recibo ya está facturado.")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, InvoiceRefused("key_refused", key_refused=True)),
        (400, InvoiceRefused("No.")),
        (429, InvoiceUnknown("http_429")),
        (500, InvoiceUnknown("http_500")),
        (302, InvoiceUnknown("http_302")),
    ],
)
def test_each_answer_is_a_value(
    sandbox: FacturapiSandbox,
    invoicer: Facturapi,
    status: int,
    expected: InvoiceRefused | InvoiceUnknown,
) -> None:
    sandbox.failures.append((status, {"message": "No."}))
    assert invoicer.issue(SOLD, 5.0) == expected


@pytest.mark.parametrize(
    "body", [{}, {"id": "x"}, {"id": ["x"], "self_invoice_url": "javascript:1"}, {"id": "a b"}]
)
def test_an_answer_that_says_nothing_is_none(
    sandbox: FacturapiSandbox, invoicer: Facturapi, body: dict[str, object]
) -> None:
    sandbox.failures.append((200, body))
    assert isinstance(invoicer.issue(SOLD, 5.0), InvoiceUnknown)


def test_silence_is_not_waited_for() -> None:
    client = FacturapiClient("http://127.0.0.1:9")
    assert Facturapi(KEY, client).issue(SOLD, 1.0) == InvoiceUnknown("no answer")
    assert Facturapi(KEY, client).issue(SOLD, 0.0) == InvoiceUnknown("no answer")
    client.close()


def test_a_wrong_key_is_told(sandbox: FacturapiSandbox) -> None:
    client = FacturapiClient(sandbox.api_url)
    answer = Facturapi("sk_test_other\n", client).issue(SOLD, 5.0)
    assert answer == InvoiceRefused("key_refused", key_refused=True)
    client.close()
