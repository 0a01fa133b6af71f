"""Run a simulated gateway on a socket, in a thread of its own, until it is told to stop."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from portal.sandbox.gateway.background import Background
from portal.sandbox.gateway.controls import GatewayControls
from portal.sandbox.gateway.faults import Action, Fault
from portal.sandbox.gateway.http import Json
from portal.sandbox.gateway.latency import Latency
from portal.sandbox.started import Started

Answer = TypeVar("Answer")


class GatewayServer(Protocol):
    """Describe what listens: each of these runs on the event loop."""

    @property
    def controls(self) -> GatewayControls:
        """Give what is done to it."""

    def start(self) -> Coroutine[Any, Any, str]:
        """Listen, and give the address."""

    def stop(self) -> Coroutine[Any, Any, None]:
        """Drop every line, and what waits to be told."""

    def plug(self) -> Coroutine[Any, Any, None]:
        """Listen again, at the same address."""

    def unplug(self) -> Coroutine[Any, Any, None]:
        """Stop listening and drop every line."""


class RunningGateway(Started):
    """Start and stop a simulated gateway, and act on it from any thread."""

    def __init__(self, server: GatewayServer, name: str) -> None:
        self._listener, self._knobs = server, server.controls
        self._simulated = self._knobs.world
        self._background = Background(name)
        self.url = ""

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._background.start()
        try:
            self.url = self._background.run(self._listener.start())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Drop every line and stop for good; what was answered stands in the state file."""
        if not self._background.stopped:
            self._background.run(self._listener.stop())
            self._background.stop()

    def unplug(self) -> None:
        """Refuse connections and drop every line, as a machine that went down does."""
        self._background.run(self._listener.unplug())

    def plug(self) -> None:
        """Listen again, at the same address."""
        self._background.run(self._listener.plug())

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
        self._do(lambda: self._simulated.faults.add(fault))

    def heal(self) -> None:
        """Forget all faults and let go of calls that hang."""
        self._do(self._simulated.faults.clear)

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock."""
        self._do(lambda: self._simulated.clock.advance(seconds))

    def slow(self, latency: Latency) -> None:
        """Change how long calls take."""
        self._do(lambda: setattr(self._simulated, "latency", latency))

    def orders(self) -> list[Json]:
        """Give bodies of all orders, oldest first."""
        return self._read(self._knobs.orders)

    def order(self, order_id: str) -> Json:
        """Give one order's body. Raises KeyError."""
        return self._read(lambda: self._knobs.order(order_id))

    def expire(self, order_id: str) -> None:
        """Let the time to pay run out."""
        self._do(lambda: self._knobs.expire(order_id))

    def charge_back(self, order_id: str) -> None:
        """Let the buyer's bank take the money back."""
        self._do(lambda: self._knobs.charge_back(order_id))

    def challenge(self, order_id: str, passed: bool) -> None:
        """Let the buyer pass 3DS, or fail it, without a browser."""
        self._do(lambda: self._knobs.challenge(order_id, passed))

    def alter(self, order_id: str, **fields: Any) -> None:
        """Set an order's fields to what they never were."""
        self._do(lambda: self._knobs.alter(order_id, **fields))

    def refuse(self, key: str) -> None:
        """Answer 401 to this private key from now on."""
        self._do(lambda: self._knobs.refused.add(key))

    def accept(self, key: str) -> None:
        """Take a refused key back."""
        self._do(lambda: self._knobs.refused.discard(key))

    def behave(self, **choices: Any) -> None:
        """Change some of `Behaviour`."""
        self._do(lambda: self._knobs.behave(**choices))

    def calls(self) -> Counter[str]:
        """Give the calls by kind so far, counted when they arrive."""
        return self._simulated.meter.calls()

    def keys(self, kind: str) -> int:
        """Tell how many idempotency keys calls of this kind came by so far."""
        return self._simulated.meter.keys(kind)

    def reset_figures(self) -> None:
        """Count from zero."""
        self._do(self._simulated.meter.reset)

    def wait_for(self, kind: str, count: int = 1, timeout: float = 5.0) -> bool:
        """Wait until `count` calls of this kind have arrived, executed or not."""
        return self._simulated.meter.wait_for(kind, count, timeout)

    def _read(self, view: Callable[[], Answer]) -> Answer:
        """A view as a copy of its own, which later changes leave alone."""
        copied: Answer = json.loads(self._do(lambda: json.dumps(view())))
        return copied

    def _do(self, action: Callable[[], Answer]) -> Answer:
        return self._background.call(action)
