"""Give a simulated router with api-ssl, and its record as an operator begins it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.models import Company, Router
from portal.operators import routers
from portal.operators.audit import Actor
from portal.sandbox.routeros import RouterSandbox

DEVICE_PASSWORD = "device-password-planted"


@pytest.fixture(scope="module")
def device() -> Iterator[RouterSandbox]:
    """A router with a certificate of its own making."""
    with RouterSandbox(password=DEVICE_PASSWORD, tls="certificate") as sandbox:
        yield sandbox


@pytest.fixture
def begun(app: Flask, actor: Actor, company: Company, device: RouterSandbox) -> Router:
    """The record of a router that nobody has met: no password, no fingerprint."""
    return routers.create(
        actor,
        company.id,
        name="Patio",
        host=device.host,
        port=device.tls_port or 0,
        username=device.user,
        tls="verified",
    )[0]
