"""Reach what stands behind the ports of this application, which `create_app` has chosen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import current_app

from config import Settings
from portal.core.backoff import retry_delay
from portal.core.errors import Unavailable
from portal.core.local_time import zone_names
from portal.hotspot.adoption import Adopter
from portal.hotspot.inspection import Inspector
from portal.hotspot.presence import Presence
from portal.hotspot.provisioning import Provisioner
from portal.hotspot.router import HotspotRouter, RouterAddress, Tls
from portal.invoicing.invoicer import InvoiceProvider, Invoicer
from portal.models import Company, GatewayAccount, InvoiceAccount, Router
from portal.models.router import Delivery
from portal.payments.gateway import Credentials, Gateway
from portal.payments.provider import Provider

NO_PROVIDER = "Esta instalación no trabaja con la pasarela de pago «{}»."
NO_DELIVERY = "Esta instalación no atiende routers por «{}»."


@dataclass(frozen=True)
class Ports:
    """Hold payment providers by name, routers by how they are served; `close` ends all lines.

    `allow` says how many may ask routers at a time before their owners have to share.
    The JSON contract's key fields are those of the first provider. `deliveries` reach a router at
    its address, `asked` are those by which the router itself asks, so that its record is needed.
    """

    providers: Mapping[str, Provider]
    deliveries: Mapping[str, Callable[[RouterAddress], HotspotRouter]]
    asked: Mapping[str, Callable[[Router], HotspotRouter]]
    invoicers: Mapping[str, InvoiceProvider]
    close: Callable[[], None]
    allow: Callable[[float], None]


def settings() -> Settings:
    """Give the application's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def allow_requests(most: float) -> None:
    """Let so many requests to routers call or wait at a time before owners have to share."""
    _ports().allow(most)


def time_zone_of(company: Company | None) -> ZoneInfo:
    """Give the zone in which the company's days are counted; without a company, ours."""
    named = company.time_zone if company else None
    # Machines may know different zones: one of them must not lose a receipt over it.
    return ZoneInfo(named if named in zone_names() else settings().time_zone)


def provider_names() -> tuple[str, ...]:
    """Name the providers; the first is the one whose keys a company has where nobody says which."""
    return tuple(_ports().providers)


def checkout_hosts(names: Collection[str] | None = None) -> tuple[str, ...]:
    """List the hosts that customers must reach to pay at these providers, or at any of all."""
    known = _ports().providers
    listed = (known[name].checkout.hosts for name in known if names is None or name in names)
    return tuple(dict.fromkeys(host for hosts in listed for host in hosts))


def provider_named(name: str) -> Provider:
    """Give a payment provider. Raises Unavailable where this deployment has none of this name."""
    found = _ports().providers.get(name)
    if found is None:
        raise Unavailable(NO_PROVIDER.format(name))
    return found


def provider_of(account: GatewayAccount) -> Provider:
    """Give the provider that the account is at. Raises Unavailable."""
    return provider_named(account.provider)


def retry_in(attempts: int) -> float:
    """Give the seconds until the next try after so many, as the settings space them."""
    numbers = settings()
    return retry_delay(attempts, numbers.retry_first, numbers.retry_longest)


def gateway_of(account: GatewayAccount) -> Gateway:
    """Enter the gateway with this account's key. Raises Unavailable, VaultError."""
    credentials = Credentials(account.provider, account.private_key, live=account.mode == "live")
    return provider_named(credentials.provider).open(credentials)


def invoice_provider_names() -> tuple[str, ...]:
    """Name who issues invoices; the first is whose key a company enters."""
    return tuple(_ports().invoicers)


def invoice_provider(name: str | None) -> InvoiceProvider:
    """Give who issues invoices, the first where none is named. Raises Unavailable."""
    known = _ports().invoicers
    found = known.get(name or next(iter(known), ""))
    if found is None:
        raise Unavailable(NO_PROVIDER.format(name))
    return found


def invoicer_of(account: InvoiceAccount) -> Invoicer:
    """Enter the account that issues a company's invoices. Raises Unavailable, VaultError."""
    return invoice_provider(account.provider).open(account.key or "")


def hotspot_of(router: Router) -> HotspotRouter:
    """Reach for the router, for all of its ports. Raises Unavailable, VaultError."""
    asked = _ports().asked.get(router.delivery)
    return _delivered(router.delivery, address_of(router)) if asked is None else asked(router)


def provisioner_of(router: Router) -> Provisioner:
    """Give what makes, switches and removes the router's users. Raises Unavailable, VaultError."""
    return hotspot_of(router).provisioner


def presence_of(router: Router) -> Presence:
    """Give what knows who is in the router's hotspot. Raises Unavailable, VaultError."""
    return hotspot_of(router).presence


def inspector_of(router: Router) -> Inspector:
    """Give what reads how the router is set up. Raises Unavailable, VaultError."""
    return hotspot_of(router).inspector


def adopter_of(router: Router) -> Adopter:
    """Give what reads and takes over other tools' codes. Raises Unavailable, VaultError."""
    return hotspot_of(router).adopter


def inspector_at(delivery: str, address: RouterAddress) -> Inspector:
    """Give the same for a router that is reached otherwise than its record says."""
    return _delivered(delivery, address).inspector


def api_of(router: Router) -> HotspotRouter:
    """Give the router by its API, whichever way it is served. Raises Unavailable, VaultError."""
    return _delivered(Delivery.API, address_of(router))


def _delivered(name: str, address: RouterAddress) -> HotspotRouter:
    delivery = _ports().deliveries.get(name)
    if delivery is None:
        raise Unavailable(NO_DELIVERY.format(name))
    return delivery(address)


def address_of(router: Router) -> RouterAddress:
    """Give how the record says that the router is reached."""
    return RouterAddress(
        host=router.host or "",
        port=router.port,
        username=router.username,
        password=_password_for(router),
        tls=Tls(router.tls),
        tls_fingerprint=router.tls_fingerprint,
        next_password=router.kit_password,
        dials_in=router.dial_in is not None,
        owner=router.company_id,
    )


def _password_for(router: Router) -> str | None:
    """Give the password that may be sent to where the router is on record now."""
    password: str | None = router.password
    was_entered_elsewhere = router.password_place is not None
    if was_entered_elsewhere or (password is None and router.kit_password_sealed is not None):
        return None
    return password or ""


def _ports() -> Ports:
    ports: Ports = current_app.extensions["ports"]
    return ports
