"""Run the simulated Mercado Pago as a server, for tests and for the demo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from portal.sandbox.gateway.faults import Action, Fault
from portal.sandbox.gateway.http import Json
from portal.sandbox.gateway.journal import Journal
from portal.sandbox.gateway.latency import Latency
from portal.sandbox.gateway.running import RunningGateway
from portal.sandbox.mercadopago.cards import Outcome
from portal.sandbox.mercadopago.controls import Controls
from portal.sandbox.mercadopago.errors import ApiError
from portal.sandbox.mercadopago.server import Server
from portal.sandbox.mercadopago.world import Behaviour, Sellers, World, named


class MercadoPagoSandbox(RunningGateway):
    """Simulate Mercado Pago on a real socket, in a thread of its own.

    `keys` and `live_keys` name the good access tokens, as `token` or `token=account`; without
    `keys` any other that begins with `APP_USR-` is a test user's of its own. `state` is a file
    that keeps everything over restarts. All methods may be called from any thread.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        state: Path | None = None,
        keys: Iterable[str] | None = None,
        live_keys: Iterable[str] = (),
        site: str = "MLM",
        behaviour: Behaviour | None = None,
        latency: Latency | None = None,
    ) -> None:
        sellers = Sellers(named(keys or ()), named(live_keys), keys is None, site)
        self._world = World(sellers, behaviour or Behaviour(), latency or Latency())
        self._server = Server(self._world, Journal(state), host, port)
        self._controls: Controls = self._server.controls
        super().__init__(self._server, "mercadopago-sandbox")

    def orders(self, token: str | None = None) -> list[Json]:
        """Give bodies of all orders, oldest first, or of those of an access token's seller."""
        return self._read(lambda: self._controls.orders(token))

    def notices(self) -> list[Json]:
        """Give every try to tell a seller of an order, and the status that it was answered with."""
        return self._read(lambda: self._controls.notices.sent)

    def mint(self, brand: str = "visa", outcome: Outcome = Outcome.PAID) -> str:
        """Give a single-use token for a test card, as the browser's script gets it."""
        return self._do(lambda: self._controls.mint(brand, outcome).id)

    def tell(self, token: str, url: str, secret: str) -> None:
        """Enter an address for a seller's notices and the secret they are signed with."""
        self._do(lambda: self._controls.tell(token, url, secret))

    def pay(self, order_id: str, amount: str | None = None) -> None:
        """Money arrives from outside, whatever the order's state: late, or again.

        `amount` is a decimal string, the order's where none is said.
        """
        self._do(lambda: self._controls.pay(order_id, amount))

    def refund(self, order_id: str, amount: str) -> None:
        """Refund as the operator does in Mercado Pago's own panel."""
        self._do(lambda: self._controls.refund(order_id, amount))

    def complain(self, kind: str, status: int, error: str, message: str = "Sorry") -> None:
        """Refuse the next call of a kind with an error of Mercado Pago's."""
        body = ApiError(status, error, message).body()
        fault = Fault(Action.REFUSE, frozenset({kind}), status=status, error=body)
        self._do(lambda: self._world.faults.add(fault))

    def deliver(self, **choices: Any) -> None:
        """Change some of `Manners`, by which notices are told."""
        notices = self._controls.notices
        self._do(lambda: setattr(notices, "manners", replace(notices.manners, **choices)))
