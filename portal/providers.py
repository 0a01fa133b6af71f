"""Which providers stand behind the ports: the one place that knows them by name."""

from __future__ import annotations

from typing import Literal, cast

from config import Settings
from portal.core.metrics import observe_gateway, observe_router
from portal.hotspot.routeros.registry import Routers
from portal.hotspot.routeros.settings import RouterSettings
from portal.payments.conekta.adapter import Conekta
from portal.payments.conekta.client import ConektaClient, ConektaSettings
from portal.payments.conekta.webhooks import ConektaWebhooks
from portal.payments.gateway import Credentials, Gateway
from portal.ports import Ports


def open_ports(settings: Settings) -> Ports:
    """The ports of this process. Nothing is connected before it is needed."""
    client = ConektaClient(_conekta_settings(settings), observe_gateway)

    def gateway(credentials: Credentials) -> Gateway:
        return Conekta(credentials, client)

    routers = Routers(_router_settings(settings), observe_router)

    def close() -> None:
        client.close()
        routers.close()

    return Ports(gateway=gateway, webhooks=ConektaWebhooks(), router=routers.at, close=close)


def _conekta_settings(settings: Settings) -> ConektaSettings:
    return ConektaSettings(
        base_url=settings.conekta_api_url,
        connect_timeout=settings.gateway_connect_timeout,
        read_timeout=settings.gateway_timeout,
        charge_form=cast(Literal["order_first", "in_order"], settings.conekta_charge),
        pool_size=settings.gateway_connections,
    )


def _router_settings(settings: Settings) -> RouterSettings:
    return RouterSettings(
        pool_size=settings.router_pool_size,
        idle_seconds=settings.router_idle_seconds,
        connect_timeout=settings.router_connect_timeout,
        slow_after=settings.router_slow_after,
        slow_requests=settings.router_slow_requests,
        breaker_failures=settings.router_breaker_failures,
        breaker_seconds=settings.router_breaker_seconds,
        verify_seconds=settings.router_verify_seconds,
        own_machine=settings.allow_private_targets,
    )
