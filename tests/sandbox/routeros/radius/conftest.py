"""Give a router that asks a RADIUS server, with one device."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.sandbox.routeros import Clock, RouterSandbox
from tests.sandbox.routeros.conftest import IP, MAC, NOW
from tests.sandbox.routeros.radius.server import RadiusServer
from tests.support.servers.nas import serve_by_radius


@pytest.fixture
def server() -> Iterator[RadiusServer]:
    with RadiusServer() as made:
        yield made


@pytest.fixture
def router(server: RadiusServer) -> Iterator[RouterSandbox]:
    """Its clock stands still unless time is let pass."""
    with RouterSandbox(clock=Clock(frozen_at=NOW)) as box:
        serve_by_radius(box, "between the two of us", *server.ports, realm="Palapa")
        box.execute("/system/identity/set", name="Patio")
        box.add_profile("1hora", shared_users="3")
        box.join(MAC, IP)
        yield box
