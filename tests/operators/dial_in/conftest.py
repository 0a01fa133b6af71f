"""A deployment whose routers may dial in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal.models import Company, Router
from portal.operators import routers
from portal.operators.audit import Actor
from portal.sandbox.routeros.menus.tunnel_keys import drawn, public_of

SERVER_KEY = public_of(drawn())


def tunnel_settings(folder: Path) -> dict[str, Any]:
    """What has to be set, with the files in this folder.

    The network is this machine's own, where nobody answers, and that at once.
    """
    return {
        "wireguard_endpoint": "wifi.example.com",
        "wireguard_public_key": SERVER_KEY,
        "wireguard_subnet": "127.77.0.0/29",
        "wireguard_folder": str(folder),
        "wireguard_status": str(folder / "status"),
        "l2tp_ipsec_secret": "planted-ipsec-secret",
        "router_connect_timeout": 1.0,
    }


@pytest.fixture(scope="module")
def tunnel_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tunnel")


@pytest.fixture(scope="module")
def app_settings(tunnel_folder: Path) -> dict[str, Any]:
    return tunnel_settings(tunnel_folder)


@pytest.fixture
def hidden(actor: Actor, company: Company) -> Router:
    """A router that nobody reaches."""
    return routers.create(actor, company.id, **hidden_values())[0]


def hidden_values(name: str = "Cerro", **changes: Any) -> Any:
    """What is said of such a router."""
    return {"name": name, "dial_in": "wireguard", "tls": "verified"} | changes


def new_key() -> str:
    """A public key whose private one nobody has."""
    return public_of(drawn())
