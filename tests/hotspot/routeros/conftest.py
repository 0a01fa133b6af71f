"""Give a router in the sandbox, and the adapter before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from portal.hotspot.router import HotspotRouter, RouterAddress, Tls
from portal.hotspot.routeros.adapter import Routers
from portal.hotspot.routeros.channel import Observe
from portal.hotspot.routeros.settings import RouterSettings
from portal.sandbox.routeros import RouterSandbox

MAC = "AA:BB:CC:DD:EE:FF"
IP = "192.168.88.100"

Connect = Callable[..., HotspotRouter]


@pytest.fixture
def sandbox() -> Iterator[RouterSandbox]:
    with RouterSandbox() as box:
        box.add_profile("1hora")
        box.join(MAC, IP)
        yield box


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes the adapter for a peer (a sandbox or a socket), with settings of the test's own."""
    with ExitStack() as stack:

        def make(
            peer: Any,
            *,
            host: str = "127.0.0.1",
            port: int | None = None,
            password: str | None = None,
            tls: Tls = Tls.NONE,
            fingerprint: str | None = None,
            observe: Observe | None = None,
            **settings: Any,
        ) -> HotspotRouter:
            routers = Routers(RouterSettings(**{"own_machine": True, **settings}), observe)
            stack.callback(routers.close)
            secret = getattr(peer, "password", "secret") if password is None else password
            port = peer.port if port is None else port
            return routers.at(RouterAddress(host, port, "portal", secret, tls, fingerprint))

        yield make


@pytest.fixture
def router(sandbox: RouterSandbox, connect: Connect) -> HotspotRouter:
    return connect(sandbox)
