"""Run a simulated gateway as a process: it prints one JSON line with its URLs, until SIGTERM."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import Any

from portal.sandbox.gateway.latency import Latency
from portal.sandbox.gateway.running import RunningGateway

STOPPING = {signal.SIGINT, signal.SIGTERM}


def serve(sandbox: RunningGateway, script: str) -> None:
    """Serve until SIGINT or SIGTERM. Block both before any thread starts, by `block_signals`."""
    with sandbox:
        ready = {"url": sandbox.url, "script_url": sandbox.url + script}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        signal.sigwait(STOPPING)


def shared(options: argparse.Namespace) -> dict[str, Any]:
    """Give what every simulated gateway is opened with, by the names of its arguments."""
    return {
        "host": options.host,
        "port": options.port,
        "state": options.state,
        "keys": options.key,
        "live_keys": options.live_key,
        "latency": Latency(call=options.latency, authorisation=options.authorisation),
    }


def block_signals() -> None:
    """Leave SIGINT and SIGTERM to `serve`."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)


def parser(prog: str, description: str | None, key: str, strangers: str) -> argparse.ArgumentParser:
    """Declare the options that every simulated gateway takes. `key` is what it calls one."""
    options = argparse.ArgumentParser(prog=prog, description=description)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=0, help="0 picks a free one")
    options.add_argument("--state", type=Path, help="file that keeps everything over restarts")
    form = f"as {key.upper()} or {key.upper()}=ACCOUNT"
    options.add_argument(
        "--key", action="append", help=f"good test {key}, {form}; default: any {strangers}…"
    )
    options.add_argument("--live-key", action="append", default=[], help=f"good live {key}, {form}")
    options.add_argument("--latency", type=float, default=0.0, help="seconds a call")
    options.add_argument(
        "--authorisation", type=float, default=0.0, help="seconds more for charging a card"
    )
    options.add_argument("--decline-status", type=int, choices=(402, 200), default=402)
    options.add_argument("--force-three-ds", action="store_true", help="3DS for every card")
    return options
