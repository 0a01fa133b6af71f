"""The simulated Mercado Pago as a running server, for tests and for the demo."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from portal.sandbox.gateway.faults import Action, Fault
from portal.sandbox.gateway.http import Json
from portal.sandbox.gateway.journal import Journal
from portal.sandbox.gateway.latency import Latency
from portal.sandbox.gateway.running import Answer, RunningGateway
from portal.sandbox.mercadopago.cards import Outcome
from portal.sandbox.mercadopago.controls import Controls
from portal.sandbox.mercadopago.errors import ApiError
from portal.sandbox.mercadopago.server import Server
from portal.sandbox.mercadopago.world import Behaviour, Sellers, World, named


class MercadoPagoSandbox(RunningGateway):
    """A simulated Mercado Pago on a real socket, in a thread of its own.

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

    def orders(self) -> list[Json]:
        """Bodies of all orders, oldest first."""
        return self._read(self._controls.orders)

    def order(self, order_id: str) -> Json:
        """One order's body. Raises KeyError."""
        return self._read(lambda: self._controls.order(order_id))

    def notices(self) -> list[Json]:
        """Every try to tell a seller of an order, and the status that it was answered with."""
        return self._read(lambda: self._controls.notices.sent)

    def mint(self, brand: str = "visa", outcome: Outcome = Outcome.PAID) -> str:
        """A single-use token for a test card, as the browser's script gets it."""
        return self._do(lambda: self._controls.mint(brand, outcome).id)

    def tell(self, token: str, url: str, secret: str) -> None:
        """Enter an address for a seller's notices and the secret they are signed with."""
        self._do(lambda: self._controls.tell(token, url, secret))

    def pay(self, order_id: str) -> None:
        """Money arrives from outside, whatever the order's state."""
        self._do(lambda: self._controls.pay(order_id))

    def challenge(self, order_id: str, passed: bool) -> None:
        """The buyer passes 3DS, or fails it, without a browser."""
        self._do(lambda: self._controls.challenge(order_id, passed))

    def refund(self, order_id: str, amount: str) -> None:
        """The operator refunds in Mercado Pago's own panel."""
        self._do(lambda: self._controls.refund(order_id, amount))

    def charge_back(self, order_id: str) -> None:
        """The buyer's bank takes the money back."""
        self._do(lambda: self._controls.charge_back(order_id))

    def alter(self, order_id: str, **fields: Any) -> None:
        """Set an order's `total_amount`, `site` or `status` to what it never was."""
        self._do(lambda: self._controls.alter(order_id, **fields))

    def fail(
        self,
        action: Action | str,
        *kinds: str,
        executed: bool = False,
        times: int | None = 1,
        status: int = 500,
        seconds: float | None = None,
    ) -> None:
        """Let something go wrong with the next calls of these kinds, or of all; see `Fault`."""
        fault = Fault(Action(action), frozenset(kinds), executed, times, status, seconds)
        self._do(lambda: self._world.faults.add(fault))

    def complain(self, kind: str, status: int, error: str, message: str = "Sorry") -> None:
        """Refuse the next call of a kind with an error of Mercado Pago's."""
        body = ApiError(status, error, message).body()
        fault = Fault(Action.REFUSE, frozenset({kind}), status=status, error=body)
        self._do(lambda: self._world.faults.add(fault))

    def heal(self) -> None:
        """Forget all faults and let go of calls that hang."""
        self._do(self._world.faults.clear)

    def refuse(self, token: str) -> None:
        """Answer 401 to this access token from now on."""
        self._do(lambda: self._world.sellers.refused.add(token))

    def accept(self, token: str) -> None:
        """Take a refused access token back."""
        self._do(lambda: self._world.sellers.refused.discard(token))

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock."""
        self._do(lambda: self._world.clock.advance(seconds))

    def behave(self, **choices: Any) -> None:
        """Change some of `Behaviour`."""
        self._do(lambda: self._controls.behave(**choices))

    def deliver(self, **choices: Any) -> None:
        """Change some of `Manners`, by which notices are told."""
        notices = self._controls.notices
        self._do(lambda: setattr(notices, "manners", replace(notices.manners, **choices)))

    def slow(self, latency: Latency) -> None:
        """Change how long calls take."""
        self._do(lambda: setattr(self._world, "latency", latency))

    def calls(self) -> Counter[str]:
        """Calls by kind so far, counted when they arrive."""
        return self._world.meter.calls()

    def wait_for(self, kind: str, count: int = 1, timeout: float = 5.0) -> bool:
        """Wait until `count` calls of this kind have arrived, executed or not."""
        return self._world.meter.wait_for(kind, count, timeout)

    def _read(self, view: Callable[[], Answer]) -> Answer:
        """A view as a copy of its own, which later changes leave alone."""
        copied: Answer = json.loads(self._do(lambda: json.dumps(view())))
        return copied
