"""Let an answer lie on its line before it is read, for as long as the system itself counts."""

from __future__ import annotations

import select
import socket
import threading
from time import monotonic

import pytest

from portal.payments.line.exchange import _silent_seconds
from portal.payments.line.host import HttpHost
from tests.support.patience import PATIENCE

# Seconds: many ticks of any clock, and no time to wait for.
LONG_ENOUGH = 0.1


class Connections:
    """Note each connection as it is made; nothing else about them changes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[socket.socket] = []
        connect = HttpHost.connect

        def noted(host: HttpHost, seconds: float) -> socket.socket:
            self.made.append(connect(host, seconds))
            return self.made[-1]

        monkeypatch.setattr(HttpHost, "connect", noted)

    def let_lie(self, came: threading.Event) -> None:
        """Wait until what the other side has sent, which `came` tells, was there long enough."""
        assert came.wait(PATIENCE)
        [line] = self.made
        assert select.select([line], [], [], PATIENCE)[0]
        pause = threading.Event()
        while _silent_seconds(line) < LONG_ENOUGH:
            pause.wait(LONG_ENOUGH / 10)


class Clock:
    """A monotonic clock that runs `ahead` of the machine's, in seconds."""

    ahead = 0.0

    def __call__(self) -> float:
        return monotonic() + self.ahead
