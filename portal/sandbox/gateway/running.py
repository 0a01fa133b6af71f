"""Run a simulated gateway on a socket, in a thread of its own, until it is told to stop."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from portal.sandbox.gateway.background import Background

Answer = TypeVar("Answer")


class GatewayServer(Protocol):
    """Describe what listens: each of these runs on the event loop."""

    def start(self) -> Coroutine[Any, Any, str]:
        """Listen, and give the address."""

    def stop(self) -> Coroutine[Any, Any, None]:
        """Drop every line, and what waits to be told."""

    def plug(self) -> Coroutine[Any, Any, None]:
        """Listen again, at the same address."""

    def unplug(self) -> Coroutine[Any, Any, None]:
        """Stop listening and drop every line."""


class RunningGateway:
    """Start and stop a simulated gateway, and act on it from any thread."""

    def __init__(self, server: GatewayServer, name: str) -> None:
        self._listener = server
        self._background = Background(name)
        self.url = ""

    def __enter__(self) -> Self:
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

    def _do(self, action: Callable[[], Answer]) -> Answer:
        return self._background.call(action)
