"""Run the simulated Conekta as a server, for tests and for the demo."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from portal.sandbox.conekta.keyring import Keyring, named
from portal.sandbox.conekta.server.errors import ApiError, Detail, Json, Text
from portal.sandbox.conekta.server.server import Server
from portal.sandbox.conekta.settings import Behaviour, Latency
from portal.sandbox.conekta.world import World
from portal.sandbox.gateway.faults import Action, Fault
from portal.sandbox.gateway.journal import Journal
from portal.sandbox.gateway.running import RunningGateway


class ConektaSandbox(RunningGateway):
    """Simulate Conekta on a real socket, in a thread of its own.

    `keys` and `live_keys` name the good private keys, as `key` or `key=account`; without
    `keys` any other key that begins with `key_` opens a test account of its own. `state` is
    a file that keeps everything over restarts. All methods may be called from any thread;
    what they raise is `Controls`' own.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        state: Path | None = None,
        keys: Iterable[str] | None = None,
        live_keys: Iterable[str] = (),
        behaviour: Behaviour | None = None,
        latency: Latency | None = None,
    ) -> None:
        keyring = Keyring(named(keys or ()), named(live_keys), strangers=keys is None)
        self._world = World(keyring, behaviour or Behaviour(), latency or Latency(), Journal(state))
        self._server = Server(self._world, host, port)
        self._controls = self._server.controls
        super().__init__(self._server, "conekta-sandbox")

    def orders(self, key: str | None = None) -> list[Json]:
        """Give bodies of all orders, oldest first, or of those that a private key can see."""
        return self._read(lambda: self._controls.orders(key))

    def events(self) -> list[Json]:
        """Give every event, oldest first, with the log of its deliveries."""
        return self._read(self._controls.events)

    def pay(self, order_id: str, amount: int | None = None, network: str | None = None) -> None:
        """Money arrives from outside, whatever the order's state: late, or again.

        `amount` in centavos is the order's where none is said. `network` is the product type of
        the cash reference that is paid. Raises ValueError where the order has none.
        """
        self._do(lambda: self._controls.pay(order_id, amount, network))

    def refund(self, order_id: str, amount: int) -> None:
        """Refund centavos as the operator does in Conekta's own panel."""
        self._do(lambda: self._controls.refund(order_id, amount))

    def age(self, order_id: str, seconds: int) -> None:
        """Let what was paid on an order have been paid so much earlier."""
        self._do(lambda: self._controls.age(order_id, seconds))

    def mint(self, number: str = "4242424242424242", key: str = "key_sandbox") -> str:
        """Give a single-use token for a test card, as the browser's script gets with `key`."""
        return self._do(lambda: self._controls.mint(number, key))

    def complain(
        self,
        kind: str,
        status: int,
        code: str,
        message: str = "No se pudo.",
        *,
        param: str | None = None,
        depth: int = 0,
        times: int | None = 1,
    ) -> None:
        """Refuse the next calls of a kind with a code of Conekta's and its sentence for the buyer.

        `depth` is within how many other details the error stands.
        """
        error = ApiError(status, [Detail(code, Text(message, "No."), param)], depth=depth)
        fault = Fault(
            Action.REFUSE, frozenset({kind}), times=times, status=status, error=error.body("es")
        )
        self._do(lambda: self._world.faults.add(fault))

    def deliver(self, **choices: Any) -> None:
        """Change some of `Manners`, by which webhooks are delivered."""
        self._do(lambda: self._controls.deliver(**choices))

    def figures(self) -> Json:
        """Count calls by kind, connections and bytes."""
        return self._do(self._world.meter.figures)
