"""Prove that who tries cards out on the pages has to wait like anybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.pages.site import Phone, Site, open_site
from tests.pages.test_hostile import open_form

DECLINED, GOOD = "4000000000000002", "4242424242424242"
HERE, ELSEWHERE = "198.51.100.1", "198.51.100.2"
WAIT = "Hubo varios pagos rechazados"
OpenSite = Callable[..., Site]


@pytest.fixture
def open_one(tmp_path: Path) -> Iterator[OpenSite]:
    """Opens a site with settings of the test's own."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(open_site(tmp_path, **settings))


def pay(site: Site, phone: Phone, card: str, address: str = HERE) -> TestResponse:
    """Fill the form in and send it."""
    client = site.shop.app.test_client()
    form = open_form(client, site, phone)
    form |= {"email_cliente": "ana@example.com", "token_tarjeta": site.mint(card)}
    caller: Any = {"REMOTE_ADDR": address}
    path = f"/r/{site.router_id}/pagar"
    return client.post(path, data=form, environ_overrides=caller)


def decline(site: Site, phone: Phone, times: int = 1, address: str = HERE) -> None:
    for _ in range(times):
        assert pay(site, phone, DECLINED, address).status_code == 303


def made_to_wait(answer: TestResponse) -> bool:
    if answer.status_code != 429:
        assert answer.status_code == 303, answer.text
        return False
    assert WAIT in answer.text
    assert 'name="token_tarjeta"' in answer.text
    return 590 <= int(answer.headers["Retry-After"]) <= 600


def test_a_device_waits(open_one: OpenSite) -> None:
    site = open_one(device_declines=3)
    phone = site.new_phone()
    decline(site, phone, 3)
    charges = site.shop.gateway.calls()["charge"]
    assert made_to_wait(pay(site, phone, GOOD, ELSEWHERE))
    assert site.shop.gateway.calls()["charge"] == charges
    assert not made_to_wait(pay(site, site.new_phone(), GOOD))


def test_an_address_waits_whatever_device_it_names(open_one: OpenSite) -> None:
    site = open_one(device_declines=1, address_declines=3)
    for _ in range(3):
        decline(site, site.new_phone())
    assert made_to_wait(pay(site, site.new_phone(), GOOD))
    assert not made_to_wait(pay(site, site.new_phone(), GOOD, ELSEWHERE))


def test_pages_and_api_are_counted_together(open_one: OpenSite) -> None:
    site = open_one(device_declines=1, address_declines=2)
    decline(site, site.new_phone(), address="127.0.0.1")
    values = {"token_tarjeta": "tok_test_card_declined", "mac_cliente": "02:00:00:00:00:01"}
    assert site.shop.buy(**values).status_code == 402
    assert made_to_wait(pay(site, site.new_phone(), GOOD, "127.0.0.1"))
    assert site.shop.buy(mac_cliente="02:00:00:00:00:02").status_code == 429


def test_a_router_waits_and_its_operator_hears_of_it_first(open_one: OpenSite) -> None:
    site = open_one(
        router_declines_alert=2, device_declines=1, address_declines=2, router_declines=3
    )
    for number in range(3):
        alerted = [alert.kind for alert in site.shop.alerts()]
        assert alerted == (["card_testing"] if number == 2 else [])
        decline(site, site.new_phone(), address=f"198.51.100.{number}")
    assert made_to_wait(pay(site, site.new_phone(), GOOD, ELSEWHERE))
