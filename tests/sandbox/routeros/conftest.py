"""Give a router of the sandbox with a plan and a device, and a bare client on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.sandbox.routeros import Clock, RouterSandbox
from tests.sandbox.routeros.talk import Talk

MAC = "AA:BB:CC:DD:EE:FF"
IP = "192.168.88.100"
NOW = 1_760_000_000.0


@pytest.fixture
def router() -> Iterator[RouterSandbox]:
    """Its clock stands still unless it is advanced."""
    with RouterSandbox(clock=Clock(frozen_at=NOW)) as box:
        box.add_profile("1hora")
        box.join(MAC, IP)
        yield box


@pytest.fixture
def talk(router: RouterSandbox) -> Iterator[Talk]:
    with Talk.logged_in(router) as client:
        yield client
