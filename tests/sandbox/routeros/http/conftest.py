"""Give a simulated hotspot with the kit's pages, and a phone in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from portal.hotspot.setup.script import setup_script
from portal.sandbox.routeros import Clock, HotspotHttp, RouterSandbox
from portal.sandbox.routeros.terminal.runner import Runner
from tests.hotspot.setup.conftest import make_facts
from tests.support.patience import PATIENCE

MAC, IP = "AA:BB:CC:DD:EE:FF", "192.168.88.100"
NOW = 1_800_000_000.0
USER, PASSWORD = "AB3C9D", "contraseña 0042"


class Phone:
    """A browser that follows nothing by itself."""

    def __init__(self, hotspot: HotspotHttp, mac: str = MAC) -> None:
        self.hotspot = hotspot
        self.mac = mac
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str = "/login", **options: Any) -> requests.Response:
        return self._ask("GET", self.hotspot.phone_url(self.mac, path), **options)

    def post(self, path: str = "/login", **form: str) -> requests.Response:
        return self._ask("POST", self.hotspot.phone_url(self.mac, path), data=form)

    def go(self, url: str) -> requests.Response:
        return self._ask("GET", url)

    def _ask(self, method: str, url: str, **options: Any) -> requests.Response:
        return self.session.request(method, url, allow_redirects=False, timeout=PATIENCE, **options)


@pytest.fixture
def router() -> Iterator[RouterSandbox]:
    """Its clock stands still unless it is advanced."""
    with RouterSandbox(clock=Clock(frozen_at=NOW)) as box:
        box.join(MAC, IP)
        box.add_user(USER, PASSWORD)
        yield box


@pytest.fixture
def hotspot(router: RouterSandbox) -> Iterator[HotspotHttp]:
    with HotspotHttp(router) as served:
        yield served


@pytest.fixture
def phone(hotspot: HotspotHttp) -> Iterator[Phone]:
    made = Phone(hotspot)
    yield made
    made.session.close()


@pytest.fixture
def kit(router: RouterSandbox) -> None:
    """The router is set up as an operator would do it."""
    Runner(router).run(setup_script(make_facts()))
