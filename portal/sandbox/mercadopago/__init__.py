"""Simulate Mercado Pago: its Orders API over real HTTP, with faults on purpose.

In a test: `with MercadoPagoSandbox() as gateway:` and point the client at `gateway.url`.
As a process: `python -m portal.sandbox.mercadopago --port 0`.
"""

from portal.sandbox.mercadopago.cards import Outcome
from portal.sandbox.mercadopago.sandbox import MercadoPagoSandbox

__all__ = ["MercadoPagoSandbox", "Outcome"]
