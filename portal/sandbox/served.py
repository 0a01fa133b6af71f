"""Serve a socket from a thread of its own, for as long as a sandbox is needed."""

from __future__ import annotations

from socketserver import TCPServer
from threading import Thread

from portal.sandbox.started import Started

_POLL_SECONDS = 0.02


class Served(Started):
    """Serve while the `with` block lasts; `name` is its thread's."""

    def __init__(self, server: TCPServer, name: str) -> None:
        self._server = server
        self._thread = Thread(
            target=server.serve_forever, args=(_POLL_SECONDS,), name=name, daemon=True
        )

    @property
    def port(self) -> int:
        """Tell where it listens."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Serve from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Serve no more, and let go of the socket."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
