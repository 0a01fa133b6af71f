"""Choose which providers stand behind the ports: the one place that knows them by name.

A payment provider is added with a folder of its own under `payments` and its line in PROVIDERS; the
README lists what else it brings along.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, cast

from config import Settings
from portal.access.radius.served import AskingRouter
from portal.core.metrics import observe_gateway, observe_router
from portal.hotspot.routeros.adapter import Routers
from portal.hotspot.routeros.settings import RouterSettings
from portal.invoicing.facturapi.adapter import Facturapi
from portal.invoicing.facturapi.client import FacturapiClient
from portal.invoicing.invoicer import InvoiceProvider
from portal.models.router import Delivery
from portal.payments.conekta import deferred as conekta_deferred
from portal.payments.conekta.adapter import Conekta
from portal.payments.conekta.checkout import checkout
from portal.payments.conekta.client import ConektaClient, ConektaSettings
from portal.payments.conekta.trial_cards import TRIAL_CARDS
from portal.payments.conekta.webhooks import ConektaWebhooks
from portal.payments.mercadopago import amounts
from portal.payments.mercadopago import checkout as mercadopago_checkout
from portal.payments.mercadopago import deferred as mercadopago_deferred
from portal.payments.mercadopago.adapter import MercadoPago
from portal.payments.mercadopago.client import (
    MercadoPagoClient,
    MercadoPagoSettings,
    Security,
)
from portal.payments.mercadopago.notices import MercadoPagoWebhooks
from portal.payments.provider import Provider
from portal.ports import Ports


def _conekta(settings: Settings) -> Provider:
    client = ConektaClient(_conekta_settings(settings), observe_gateway)
    return Provider(
        label="Conekta",
        address=settings.conekta_api_url,
        open=partial(Conekta, client=client),
        webhooks=ConektaWebhooks(),
        checkout=checkout(
            settings.conekta_script_url, in_frame=settings.conekta_charge == "component"
        ),
        close=client.close,
        currencies=frozenset({"MXN", "USD"}),
        methods=conekta_deferred.TERMS,
        trial_cards=TRIAL_CARDS,
    )


def _mercadopago(settings: Settings) -> Provider:
    client = MercadoPagoClient(_mercadopago_settings(settings), observe_gateway)
    return Provider(
        label="Mercado Pago",
        address=settings.mercadopago_api_url,
        open=partial(MercadoPago, client=client),
        webhooks=MercadoPagoWebhooks(),
        checkout=mercadopago_checkout.checkout(settings.mercadopago_script_url),
        close=client.close,
        currencies=frozenset(amounts.CURRENCIES.values()),
        methods=mercadopago_deferred.TERMS,
    )


# The first is the one that the JSON contract's key fields are of.
PROVIDERS: dict[str, Callable[[Settings], Provider]] = {
    "conekta": _conekta,
    "mercadopago": _mercadopago,
}


def _facturapi(settings: Settings) -> InvoiceProvider:
    client = FacturapiClient(settings.facturapi_api_url)
    return InvoiceProvider("Facturapi", partial(Facturapi, client=client), client.close)


# The first is the one whose key a company enters.
INVOICERS: dict[str, Callable[[Settings], InvoiceProvider]] = {"facturapi": _facturapi}


def open_ports(settings: Settings) -> Ports:
    """Open the ports of this process. Nothing is connected before it is needed."""
    providers = {name: make(settings) for name, make in PROVIDERS.items()}
    invoicers = {name: make(settings) for name, make in INVOICERS.items()}
    routers = Routers(_router_settings(settings), observe_router)

    def close() -> None:
        for provider in providers.values():
            provider.close()
        for invoicer in invoicers.values():
            invoicer.close()
        routers.close()

    return Ports(
        providers=providers,
        deliveries={Delivery.API: routers.at},
        asked={Delivery.RADIUS: AskingRouter},
        invoicers=invoicers,
        close=close,
        allow=routers.shares.allow,
    )


def _conekta_settings(settings: Settings) -> ConektaSettings:
    return ConektaSettings(
        base_url=settings.conekta_api_url,
        connect_timeout=settings.gateway_connect_timeout,
        read_timeout=settings.gateway_timeout,
        charge_form=cast(Literal["order_first", "in_order", "component"], settings.conekta_charge),
        pool_size=settings.gateway_connections,
    )


def _mercadopago_settings(settings: Settings) -> MercadoPagoSettings:
    return MercadoPagoSettings(
        base_url=settings.mercadopago_api_url,
        connect_timeout=settings.gateway_connect_timeout,
        read_timeout=settings.gateway_timeout,
        security=cast(Security, settings.mercadopago_3ds),
        pool_size=settings.gateway_connections,
    )


def _router_settings(settings: Settings) -> RouterSettings:
    return RouterSettings(
        connections=settings.router_connections,
        commands=settings.router_commands,
        idle_seconds=settings.router_idle_seconds,
        connect_timeout=settings.router_connect_timeout,
        slow_after=settings.router_slow_after,
        slow_requests=settings.router_slow_requests,
        # The others stay free for what asks no router.
        most_requests=max(1, settings.web_threads * 3 // 4),
        breaker_failures=settings.router_breaker_failures,
        breaker_seconds=settings.router_breaker_seconds,
        verify_seconds=settings.router_verify_seconds,
        own_machine=settings.allow_private_targets,
        tunnel=settings.tunnel,
    )
