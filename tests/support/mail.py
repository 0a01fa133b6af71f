"""A mail server beside an application, and the links in what it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from portal.sandbox.smtp import SmtpSandbox

FROM = "portal@portal.example"
SITE = "https://cafe.example"


def mailing(port: int) -> dict[str, Any]:
    """The settings of an application that sends mail by the server at this port."""
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_from": FROM,
    }


@pytest.fixture(scope="module")
def smtp() -> Iterator[SmtpSandbox]:
    """A server for all tests of a module, which clear what it was sent."""
    with SmtpSandbox() as server:
        yield server


@pytest.fixture(scope="module")
def app_settings(smtp: SmtpSandbox) -> dict[str, Any]:
    """Those of the module's application, whose links lead to `SITE`."""
    return mailing(smtp.port) | {"public_url": SITE}


def link_in(smtp: SmtpSandbox, path: str, name: str) -> str:
    """The value under this name of the one link to the path in all that was sent."""
    start = f"{SITE}{path}?{name}="
    lines = [line for m in smtp.messages for line in str(m.get_content()).splitlines()]
    [line] = [line for line in lines if line.startswith(start)]
    return line.removeprefix(start)
