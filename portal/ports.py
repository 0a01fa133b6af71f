"""What stands behind the ports of this application: looked up here, chosen by `create_app`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app

from config import Settings
from portal.core.backoff import retry_delay
from portal.hotspot.router import HotspotRouter, RouterAddress, Tls
from portal.models import GatewayAccount, Router
from portal.payments.gateway import Credentials, Gateway, Webhooks


@dataclass(frozen=True)
class Ports:
    """Opens a gateway for credentials, and a router at an address; `close` ends all lines."""

    gateway: Callable[[Credentials], Gateway]
    webhooks: Webhooks
    router: Callable[[RouterAddress], HotspotRouter]
    close: Callable[[], None]


def settings() -> Settings:
    """The application's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def retry_in(attempts: int) -> float:
    """Give the seconds until the next try after so many, as the settings space them."""
    numbers = settings()
    return retry_delay(attempts, numbers.retry_first, numbers.retry_longest)


def gateway_of(account: GatewayAccount) -> Gateway:
    """The gateway as this account enters it."""
    credentials = Credentials(private_key=account.private_key, live=account.mode == "live")
    return _ports().gateway(credentials)


def webhooks() -> Webhooks:
    """How the gateway's notices are read."""
    return _ports().webhooks


def address_of(router: Router) -> RouterAddress:
    """How the record says that the router is reached."""
    return RouterAddress(
        host=router.host,
        port=router.port,
        username=router.username,
        password=router.password or "",
        tls=Tls(router.tls),
        tls_fingerprint=router.tls_fingerprint,
    )


def hotspot_of(router: Router) -> HotspotRouter:
    """The router itself."""
    return _ports().router(address_of(router))


def _ports() -> Ports:
    ports: Ports = current_app.extensions["ports"]
    return ports
