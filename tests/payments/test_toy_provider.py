"""A payment provider is added by a folder of its own and one line of `providers.PROVIDERS`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader

from config import load_settings
from portal import providers
from portal.models import GatewayAccount
from portal.operators import gateway_accounts, webhook_registration
from portal.operators.audit import Actor
from portal.payments.gateway import OrderStatus
from portal.ports import checkout_hosts
from portal.sales.operator_refund import refund_sale
from tests.payments.toy import COMPONENT, HOST, LABEL, TOY, ToyBank, toy_provider
from tests.support.processes.commands import CHECKOUT
from tests.support.shop import IP, MAC, SECRETS, Shop, open_shop

KEY = "toy_private_key"
ACTOR = Actor("cli:tests")


@pytest.fixture
def bank() -> ToyBank:
    return ToyBank()


@pytest.fixture
def shop(tmp_path: Path, bank: ToyBank, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A shop whose company has keys at the toy provider alone."""
    monkeypatch.setitem(providers.PROVIDERS, TOY, lambda settings: toy_provider(bank))
    with open_shop(tmp_path, None, public_url="https://wifi.example.com") as shop:
        shop.change(GatewayAccount, current=False)
        with shop.app.app_context():
            keys: gateway_accounts.Keys = {"private_key": KEY, "public_key": "toy_public"}
            gateway_accounts.set_keys(ACTOR, shop.company_id, keys, TOY)
        yield shop


def test_it_sells_a_plan_from_end_to_end(shop: Shop, bank: ToyBank) -> None:
    answer = shop.buy(conexion_automatica=True)
    assert answer.status_code == 200, answer.text
    [sale] = shop.sales()
    order = bank.orders[sale.order_id]
    assert (sale.state, sale.card_last4) == ("delivered", "1111")
    assert (order.status, order.amount, order.reference) == (OrderStatus.PAID, 2000, sale.id)
    assert bank.keys == {KEY}
    assert shop.gateway.orders() == []
    assert answer.json["auto_conexion"]["estado"] == "conectado"


def test_a_card_it_declines_opens_nothing(shop: Shop, bank: ToyBank) -> None:
    answer = shop.buy(token_tarjeta="bad_card")
    assert (answer.status_code, answer.json["detail"]) == (402, "El juguete no pasó.")
    shop.reconcile()
    assert [sale.state for sale in shop.sales()] == ["canceled"]
    assert [user for user in shop.router.users if user != "default-trial"] == []


def test_it_gives_money_back(shop: Shop, bank: ToyBank) -> None:
    shop.buy()
    [sale] = shop.sales()
    with shop.app.app_context():
        refund_sale(sale.id, "prueba")
    assert bank.orders[sale.order_id].amount_refunded == 2000
    assert [sale.state for sale in shop.sales()] == ["refunded"]


def test_its_notices_come_to_an_address_of_their_own(shop: Shop, bank: ToyBank) -> None:
    shop.buy()
    [sale] = shop.sales()
    path = f"/api/v1/webhooks/{TOY}/{shop.company_id}"
    assert bank.webhooks == {f"https://wifi.example.com{path}"}
    notice = {"event": "evt_1", "order": sale.order_id}
    assert shop.call(path, notice, **{"X-Toy": "forged"}).status_code == 401
    assert shop.call(path, notice, **{"X-Toy": "toy signature"}).status_code == 200
    assert shop.call(f"/api/v1/webhooks/nobody/{shop.company_id}", notice).status_code == 404


def test_sentences_name_it(shop: Shop) -> None:
    with shop.app.app_context():
        account = gateway_accounts.current(shop.company_id, TOY)
        assert account is not None
        told = webhook_registration.standing(account)
        assert told == f"{LABEL} avisa de cada pago, con su firma."


def test_the_page_shows_its_card_form(shop: Shop) -> None:
    loader = shop.app.jinja_env.loader
    shop.app.jinja_env.loader = ChoiceLoader([DictLoader(COMPONENT), loader])
    client, door = shop.app.test_client(), f"/r/{shop.router_id}"
    plans = client.get(door, query_string={"mac": MAC, "ip": IP}, follow_redirects=True).text
    visit = dict(re.findall(r'<input type="hidden" name="(v|c)" value="([^"]*)"', plans))
    page = client.get(f"{door}/pagar", query_string={"plan": shop.plan_id, **visit})
    assert page.status_code == 200
    assert "window.Toy.token()" in page.text
    assert f"https://{HOST}/card.js" in page.text
    assert f"https://{HOST}" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", [name for name in providers.PROVIDERS if name != TOY])
def test_every_provider_has_a_script_for_its_card_form(name: str) -> None:
    provider = providers.PROVIDERS[name](load_settings(SECRETS))
    script = CHECKOUT / "templates" / "pages" / "components" / f"{provider.checkout.component}.js"
    assert "function show()" in script.read_text()
    provider.close()


def test_its_hosts_are_reached_before_anybody_has_paid(shop: Shop) -> None:
    with shop.app.app_context():
        assert HOST in checkout_hosts()
