"""Run the world outside of the application: routers with customers' devices, and gateways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any, Self

from portal.sandbox.conekta import ConektaSandbox, Latency
from portal.sandbox.conekta.server.errors import ApiError
from portal.sandbox.mercadopago import MercadoPagoSandbox
from portal.sandbox.routeros import RouterSandbox
from tests.support.tills import in_conektas_words, written

PROFILE = "1hora"
COMPANIES = 4
KEYS = tuple(f"key_chaos{number}Private0123456789" for number in range(COMPANIES))
SECOND_KEYS = tuple(f"APP_USR-chaos{number}-private-0123456789" for number in range(COMPANIES))
# The companies with keys at both gateways, which prefer the second.
WITH_BOTH = (1, 3)
PASSWORD = "router-password"
# Somebody else's users, which must be left alone: an operator's, and another deployment's.
STRANGERS = {"OPERADOR": "", "AJENO1": "portal:other-deployment:acc_0123456789abcdef0123"}
LATENCY = Latency(call=0.02, authorisation=0.05)
# Conekta insists for hours; there is no time for that here.
NOTICE_RETRIES = (0.5, 1.0, *(2.0,) * 60)
NOTICE_SECONDS = 5.0
# The only licence without a cap on the devices that are online.
NO_CAP = 6


class ChaosEnvironment:
    """Routers and gateways that listen, as a context manager.

    `set_ups` is what else a router's operator sets up there; `mishaps` counts each router's own.
    """

    def __init__(self, routers: int, customers: int) -> None:
        self._customers = customers
        self.gateway = ConektaSandbox(keys=KEYS, latency=LATENCY)
        self.second = MercadoPagoSandbox(keys=SECOND_KEYS, latency=LATENCY)
        self.routers = [
            RouterSandbox(password=PASSWORD, license_level=NO_CAP) for _ in range(routers)
        ]
        self.set_ups: dict[RouterSandbox, Callable[[RouterSandbox], None]] = {}
        self.mishaps: Counter[RouterSandbox] = Counter()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.gateway)
            stack.enter_context(self.second)
            for gateway in (self.gateway, self.second):
                gateway.deliver(retry_after=NOTICE_RETRIES, timeout=NOTICE_SECONDS)
            for router in self.routers:
                stack.enter_context(router)
                self.furnish(router)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    def furnish(self, router: RouterSandbox) -> None:
        """Give a router that is as from the factory what its operator set up there."""
        router.add_profile(PROFILE)
        for name, comment in STRANGERS.items():
            router.add_user(name, "0000", comment=comment)
        for customer in range(self._customers):
            router.join(mac_of(customer), ip_of(customer))
        if (set_up := self.set_ups.get(router)) is not None:
            set_up(router)

    def pay(self, order_id: str, amount: int) -> None:
        """Money of so many centavos comes from outside, whatever the order's state."""
        if is_at_second(order_id):
            self.second.pay(order_id, written(amount))
        else:
            self.gateway.pay(order_id, amount)

    def end_time_to_pay(self, order_id: str) -> None:
        """Its time to pay is over, unless the order was closed or paid before."""
        with suppress(ApiError, ValueError):
            (self.second if is_at_second(order_id) else self.gateway).expire(order_id)

    def orders(self) -> list[dict[str, Any]]:
        """All orders at both gateways, in the words of the first."""
        return [*self.gateway.orders(), *map(in_conektas_words, self.second.orders())]

    def notices_under_way(self) -> int:
        """How many of the gateway's notices have not arrived yet."""
        under_way = ("pending", "failing")
        return sum(event["webhook_status"] in under_way for event in self.gateway.events())


def is_at_second(order_id: str) -> bool:
    """Whether it is the second gateway's order."""
    return order_id.startswith("ORD")


def company_of(router: int) -> int:
    """Whose the router is."""
    return router % COMPANIES


def asks_radius(router: int) -> bool:
    """Whether it is in the half that RADIUS serves where there is one, of every company's."""
    return (router + router // COMPANIES) % 2 == 1


def mac_of(customer: int) -> str:
    """The customer's device."""
    return f"02:00:5E:10:00:{customer:02X}"


def ip_of(customer: int) -> str:
    """Its address, the same at all routers."""
    return f"10.5.50.{customer + 2}"
