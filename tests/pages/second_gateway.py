"""Open a site whose company has accounts at both gateways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.operators import gateway_accounts
from portal.operators.audit import Actor
from portal.sandbox.mercadopago import MercadoPagoSandbox
from portal.sandbox.mercadopago.component import SCRIPT
from tests.pages.site import Site, open_site

ACTOR = Actor("cli:tests")
TOKEN = "APP_USR-1111-planted-access-token"


@pytest.fixture(scope="module")
def second() -> Iterator[MercadoPagoSandbox]:
    """Mercado Pago, for all tests of a module."""
    with MercadoPagoSandbox() as sandbox:
        yield sandbox


@contextmanager
def open_site_of_two(folder: Path, second: MercadoPagoSandbox, *, prefers: str) -> Iterator[Site]:
    """Open it with the account at Mercado Pago beside Conekta's; `prefers` names one of both."""
    urls = {"mercadopago_api_url": second.url, "mercadopago_script_url": second.url + SCRIPT}
    with open_site(folder, **urls) as opened:
        shop = opened.shop
        with shop.app.app_context():
            keys: gateway_accounts.Keys = {"private_key": TOKEN, "public_key": "APP_USR-public"}
            gateway_accounts.set_keys(ACTOR, shop.company_id, keys, "mercadopago")
            gateway_accounts.prefer(ACTOR, shop.company_id, prefers)
        yield opened
