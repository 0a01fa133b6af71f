"""Start a server that nobody has used yet, beside a router fresh from the factory and a gateway."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.operators.first_run.invitation import invitation
from portal.sandbox.conekta import ConektaSandbox
from portal.sandbox.routeros import HotspotHttp, RouterSandbox
from portal.sandbox.routeros.terminal import type_line
from tests.pages.site import SCRIPT
from tests.support.servers.ports import free_port
from tests.support.servers.serving import serve
from tests.support.shop import PATIENT, PRIVATE_KEY, close_app, make_app

MAC, IP = "02:00:00:00:77:01", "10.5.50.77"


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
        typed = type_line(self.router, line)
        assert not typed.failed, typed.said
        assert typed.said[-1] == "Script file loaded and executed successfully"
        return typed.said[-2]


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
