"""Give the adapter before a simulated Mercado Pago or before a scripted peer."""

from __future__ import annotations

import pytest

from portal.payments.gateway import Credentials
from portal.payments.mercadopago.adapter import MercadoPago
from portal.payments.mercadopago.client import MercadoPagoClient, MercadoPagoSettings


@pytest.fixture
def connect():
    clients = []

    def make(url, **settings):
        client = MercadoPagoClient(MercadoPagoSettings(base_url=url, **settings))
        clients.append(client)
        return MercadoPago(Credentials("mercadopago", "APP_USR-1-secret", False), client)

    yield make
    for client in clients:
        client.close()
