"""A router's record says by what it is served."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import ports
from portal.core.errors import Unavailable
from portal.hotspot.router import HotspotRouter, RouterAddress
from portal.models import GatewayAccount, Router
from portal.models.router import Delivery
from tests.support.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path, None) as shop:
        yield shop


def serve_otherwise(shop: Shop) -> list[RouterAddress]:
    """Serve routers by RADIUS as those of the API; who was asked for is noted."""
    found: ports.Ports = shop.app.extensions["ports"]
    asked: list[RouterAddress] = []

    def serve(address: RouterAddress) -> HotspotRouter:
        asked.append(address)
        return found.deliveries["api"](address)

    deliveries = {**found.deliveries, Delivery.RADIUS: serve}
    shop.app.extensions["ports"] = dataclasses.replace(found, deliveries=deliveries, asked={})
    return asked


def test_the_record_chooses(shop: Shop) -> None:
    asked = serve_otherwise(shop)
    assert shop.buy().status_code == 200
    assert asked == []
    shop.change(Router, delivery=Delivery.RADIUS)
    assert shop.buy(mac_cliente="02:00:00:00:00:01", ip_cliente=None).status_code == 200
    assert {address.port for address in asked} == {shop.router.port}


def test_nothing_is_sold_on_a_router_that_nobody_serves(shop: Shop) -> None:
    found: ports.Ports = shop.app.extensions["ports"]
    deliveries = {"api": found.deliveries["api"]}
    shop.app.extensions["ports"] = dataclasses.replace(found, deliveries=deliveries, asked={})
    shop.change(Router, delivery=Delivery.RADIUS)
    assert shop.buy().status_code == 503
    assert shop.gateway.orders() == []


def test_nothing_is_sold_at_a_gateway_that_is_not_there(shop: Shop) -> None:
    shop.change(GatewayAccount, provider="nobody")
    assert shop.buy().status_code == 503
    assert shop.sales() == []
    with shop.app.app_context(), pytest.raises(Unavailable, match="nobody"):
        ports.provider_named("nobody")
