"""Stop the simulated router and gateway while connections are being accepted."""

from __future__ import annotations

import gc
import socket
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest

from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import RouterSandbox

CALLERS = 20
TIMES = 10


@pytest.mark.parametrize("kind", ["router", "gateway"])
def test_nothing_is_left_open(kind: str) -> None:
    """What Python finds unclosed is an error of the test that leaves it."""
    for _ in range(TIMES):
        with ExitStack() as callers:
            if kind == "router":
                with RouterSandbox(password="router-password") as router:
                    call(callers, router.host, router.port)
            else:
                with ConektaSandbox() as gateway:
                    url = urlsplit(gateway.url)
                    call(callers, str(url.hostname), int(url.port or 0))
        gc.collect()


def call(callers: ExitStack, host: str, port: int) -> None:
    for _ in range(CALLERS):
        callers.enter_context(closing(socket.create_connection((host, port))))
