"""Start a server that nobody has used yet, beside a router fresh from the factory and a gateway."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from portal.operators.first_run.invitation import invitation
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import HotspotHttp, RouterSandbox
from tests.hotspot.setup.script_runner import Runner
from tests.pages.site import SCRIPT
from tests.support.servers.ports import free_port
from tests.support.servers.serving import serve
from tests.support.shop import PATIENT, PRIVATE_KEY, close_app, make_app

MAC, IP = "02:00:00:00:77:01", "10.5.50.77"
FETCH = re.compile(r'/tool fetch url="(?P<url>[^"]+)" dst-path=portal\.rsc; /import portal\.rsc')


@dataclass(frozen=True)
class EmptySite:
    """The server where nothing is, and what stands around it."""

    app: Flask
    router: RouterSandbox
    hotspot: HotspotHttp
    gateway: ConektaSandbox
    url: str

    def address(self, *_phone: Any, **_query: str) -> str:
        """Where it is."""
        return self.url

    def invitation(self) -> str:
        """What the server writes as it starts."""
        with self.app.app_context():
            found = invitation()
        assert found is not None
        return found

    def paste(self, line: str) -> str:
        """What the router's terminal says in the end when this line is pasted into it."""
        found = FETCH.match(line)
        assert found is not None, line
        answer = requests.get(found["url"], timeout=10)
        assert answer.status_code == requests.codes.ok, answer.text
        terminal = Runner(self.router)
        [service] = [r for r in self.router.rows("/ip/service") if r["name"] == "api-ssl"]
        standing = {"name": service["certificate"], "fingerprint": self.router.fingerprint or ""}
        terminal.certificates.append({".id": "*1", **standing})
        terminal.run(answer.text)
        return terminal.said[-1]


@pytest.fixture
def empty_site(tmp_path: Path) -> Iterator[EmptySite]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        router = stack.enter_context(RouterSandbox(user="admin", tls="certificate"))
        hotspot = stack.enter_context(HotspotHttp(router))
        router.join(MAC, IP)
        gateway = stack.enter_context(ConektaSandbox(keys=[PRIVATE_KEY]))
        options = {
            "conekta_api_url": gateway.url,
            "conekta_script_url": gateway.url + SCRIPT,
            "public_url": url,
        }
        app = make_app(tmp_path, None, **options, **PATIENT)
        stack.callback(close_app, app)
        stack.enter_context(serve(app, port))
        yield EmptySite(app, router, hotspot, gateway, url)
