"""Serve an application of this process on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from socketserver import BaseServer
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def serve(
    app: Flask, port: int = 0, *, secure: bool = False, host: str = "127.0.0.1"
) -> Iterator[str]:
    """Serve the application while the block lasts, at the address given."""
    tls = "adhoc" if secure else None
    with ExitStack() as stack:
        server = make_server(host, port, app, threaded=True, ssl_context=tls)
        stack.callback(server.server_close)
        stack.enter_context(serving(server))
        yield f"{'https' if secure else 'http'}://{host}:{server.server_port}"


@contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    """Let a server serve, in a thread of its own, while the block lasts."""
    thread = Thread(target=server.serve_forever, args=(0.02,), name="test-server", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
