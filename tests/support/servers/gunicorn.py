"""Run the application as in production: under gunicorn, on a port of its own."""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import requests

from tests.support.patience import PATIENCE
from tests.support.processes.commands import CHECKOUT
from tests.support.processes.process import Process, ProcessFailed

BACKLOG = 2048
PROBE_SECONDS = 1.0
# As it is deployed: the application is loaded once, before the processes are forked off.
CONFIGURED = ("-c", "python:portal.server")


class Server(Process):
    """gunicorn, serving `app` on `url` once started, as a context manager.

    The listening socket is ours and outlives a kill, so that the port stays the same when the
    server is started again; in between customers wait in its queue instead of being refused.
    """

    def __init__(
        self,
        app: str = "wsgi:app",
        env: Mapping[str, str] | None = None,
        *,
        workers: int = 1,
        threads: int = 8,
        arguments: Sequence[str] = (),
        healthy_within: float = PATIENCE,
        cwd: Path = CHECKOUT,
        python: str = sys.executable,
        forked: bool = True,
    ) -> None:
        self._healthy_within = healthy_within
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        descriptor = self._socket.fileno()
        command = [
            *(python, "-m", "gunicorn", "--bind", f"fd://{descriptor}"),
            *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)),
            *("--graceful-timeout", "5", "--no-control-socket", *arguments, app),
        ]
        super().__init__(command, env, cwd=cwd, pass_fds=[descriptor], forked=forked)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except ProcessFailed:
            self.close()
            raise

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def start(self) -> Self:
        """Start and return once `/healthz` answers 200. Raises `ProcessFailed`."""
        super().start()
        with requests.Session() as session:
            session.trust_env = False
            self.wait_until(
                lambda: self._healthy(session), f"{self.url}/healthz", self._healthy_within
            )
        return self

    def close(self) -> None:
        """End it and give up the port."""
        self.terminate()
        self._socket.close()

    def _healthy(self, session: requests.Session) -> bool:
        try:
            answer = session.get(f"{self.url}/healthz", timeout=PROBE_SECONDS)
        except requests.RequestException:
            return False
        return answer.status_code == requests.codes.ok
