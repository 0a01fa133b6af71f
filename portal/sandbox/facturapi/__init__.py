"""Simulate Facturapi: receipts with self-invoicing, as its API v2 answers.

In a test: `with FacturapiSandbox() as invoices:` and point FACTURAPI_API_URL at `invoices.url`.
"""

from portal.sandbox.facturapi.sandbox import FacturapiSandbox

__all__ = ["FacturapiSandbox"]
