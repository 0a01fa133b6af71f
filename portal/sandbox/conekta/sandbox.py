"""The simulated Conekta as a running server, for tests and for the demo."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from portal.sandbox.conekta import charging, settling, tokens
from portal.sandbox.conekta.errors import Json
from portal.sandbox.conekta.faults import Action, Fault
from portal.sandbox.conekta.journal import Journal
from portal.sandbox.conekta.keyring import Keyring, named
from portal.sandbox.conekta.records import Order
from portal.sandbox.conekta.server import Server
from portal.sandbox.conekta.settings import Behaviour, Latency
from portal.sandbox.conekta.world import World

Answer = TypeVar("Answer")


class ConektaSandbox:
    """A simulated Conekta on a real socket, in a thread of its own.

    `keys` and `live_keys` name the good private keys, as `key` or `key=account`; without
    `keys` any other key that begins with `key_` opens a test account of its own. `state` is
    a file that keeps everything. All methods may be called from any thread.
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
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="conekta-sandbox", daemon=True)
        self.url = ""

    def __enter__(self) -> ConektaSandbox:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        self._thread.start()
        try:
            self.url = self._await(self._server.start())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Drop every line and stop; what was answered stands in the state file."""
        self._await(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # Orders, as the account's owner would see them in Conekta's panel.

    def orders(self, account: str | None = None) -> list[Json]:
        """Bodies of all orders, oldest first, or of one account's."""

        def read() -> list[Json]:
            chosen = self._world.orders.values()
            wanted = [order for order in chosen if account in (None, order.account)]
            return [_copy(self._world.order_body(order)) for order in wanted]

        return self._do(read)

    def order(self, order_id: str) -> Json:
        """One order's body. Raises KeyError where there is none."""
        return self._do(lambda: _copy(self._world.order_body(self._world.orders[order_id])))

    def pay(self, order_id: str) -> None:
        """Money arrives from outside: cash, a transfer, or late."""
        self._with(order_id, settling.pay_outside)

    def expire(self, order_id: str) -> None:
        """The time to pay runs out."""
        self._with(order_id, settling.expire)

    def charge_back(self, order_id: str) -> None:
        """The buyer's bank takes the money back."""
        self._with(order_id, settling.charge_back)

    def refund(self, order_id: str, amount: int) -> None:
        """The operator refunds centavos in Conekta's own panel."""
        self._with(order_id, lambda world, order: settling.give_back(world, order, amount))

    def challenge(self, order_id: str, passed: bool) -> None:
        """The buyer passes 3DS, or fails it, without a browser."""
        self._with(order_id, lambda w, order: charging.finish_challenge(w, order, passed))

    def mint(self, number: str = "4242424242424242", key: str = "key_sandbox") -> str:
        """A single-use token for a test card, as the browser's script would get with `key`."""

        def mint() -> str:
            identity = self._world.keyring.identify(key)
            if identity is None:
                raise KeyError("this key is refused")
            return tokens.mint(self._world, identity, number, {}).id

        return self._do(mint)

    # Faults, time and behaviour.

    def fail(
        self,
        action: Action | str,
        *kinds: str,
        executed: bool = False,
        times: int | None = 1,
        status: int = 500,
        seconds: float | None = None,
    ) -> None:
        """Let something go wrong with the next calls of these kinds; see `Fault`."""
        fault = Fault(Action(action), frozenset(kinds), executed, times, status, seconds)
        self._do(lambda: self._world.faults.add(fault))

    def heal(self) -> None:
        """Forget all faults and let go of calls that hang."""
        self._do(self._world.faults.clear)

    def refuse(self, key: str) -> None:
        """Answer 401 to this key from now on."""
        self._do(lambda: self._world.keyring.refused.add(key))

    def accept(self, key: str) -> None:
        """Take a refused key back."""
        self._do(lambda: self._world.keyring.refused.discard(key))

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock."""
        self._do(lambda: self._world.clock.advance(seconds))

    def behave(self, **choices: Any) -> None:
        """Change how it behaves; see `Behaviour`."""
        self._do(lambda: self._server.behave(choices))

    def slow(self, latency: Latency) -> None:
        """Change how long calls take."""

        def change() -> None:
            self._world.latency = latency

        self._do(change)

    # What came over the lines.

    def calls(self) -> Counter[str]:
        """Calls by kind so far, counted when they arrive."""
        return self._world.meter.calls()

    def wait_for(self, kind: str, count: int = 1, timeout: float = 5.0) -> bool:
        """Wait until `count` calls of this kind have arrived, executed or not."""
        return self._world.meter.wait_for(kind, count, timeout)

    def figures(self) -> Json:
        """Calls by kind, connections and bytes."""
        return self._do(self._world.meter.figures)

    def reset_figures(self) -> None:
        """Count from zero."""
        self._do(self._world.meter.reset)

    def _with(self, order_id: str, change: Callable[[World, Order], None]) -> None:
        self._do(lambda: change(self._world, self._world.orders[order_id]))

    def _do(self, action: Callable[[], Answer]) -> Answer:
        async def run() -> Answer:
            return action()

        return self._await(run())

    def _await(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()


def _copy(body: Json) -> Json:
    copied: Json = json.loads(json.dumps(body))
    return copied
