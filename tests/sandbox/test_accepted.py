"""Stop, or unplug, a simulated router or gateway while connections are being accepted."""

from __future__ import annotations

import gc
import socket
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest

from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.gateway.running import RunningGateway
from portal.sandbox.mercadopago import MercadoPagoSandbox
from portal.sandbox.routeros import RouterSandbox

CALLERS = 20
TIMES = 10
GATEWAYS = pytest.mark.parametrize("kind", [ConektaSandbox, MercadoPagoSandbox])


def test_a_router_that_stops_leaves_nothing_open() -> None:
    """What Python finds unclosed is an error of the test that leaves it."""
    for _ in range(TIMES):
        with ExitStack() as callers, RouterSandbox(password="router-password") as router:
            call(callers, router.host, router.port)
    gc.collect()


@GATEWAYS
def test_a_gateway_that_stops_leaves_nothing_open(kind: type[RunningGateway]) -> None:
    for _ in range(TIMES):
        with ExitStack() as callers, kind() as gateway:
            call(callers, *address(gateway))
    gc.collect()


@GATEWAYS
def test_a_gateway_that_goes_away_leaves_nothing_open(kind: type[RunningGateway]) -> None:
    with kind() as gateway:
        for _ in range(TIMES):
            with ExitStack() as callers:
                call(callers, *address(gateway))
                gateway.unplug()
            gateway.plug()
    gc.collect()


def address(gateway: RunningGateway) -> tuple[str, int]:
    url = urlsplit(gateway.url)
    return str(url.hostname), int(url.port or 0)


def call(callers: ExitStack, host: str, port: int) -> None:
    for _ in range(CALLERS):
        callers.enter_context(closing(socket.create_connection((host, port))))
