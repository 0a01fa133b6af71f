"""The simulated Mercado Pago as a process: one JSON line with its URLs, until SIGTERM."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from portal.sandbox.gateway.latency import Latency
from portal.sandbox.mercadopago import MercadoPagoSandbox
from portal.sandbox.mercadopago.component import SCRIPT
from portal.sandbox.mercadopago.world import Behaviour


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    options = _parser().parse_args()
    stopping = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
    sandbox = MercadoPagoSandbox(
        host=options.host,
        port=options.port,
        state=options.state,
        keys=options.key,
        live_keys=options.live_key,
        behaviour=Behaviour(
            decline_status=options.decline_status, force_three_ds=options.force_three_ds
        ),
        latency=Latency(call=options.latency, authorisation=options.authorisation),
    )
    with sandbox:
        ready = {"url": sandbox.url, "script_url": sandbox.url + SCRIPT}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        signal.sigwait(stopping)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portal.sandbox.mercadopago", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--state", type=Path, help="file that keeps everything over restarts")
    parser.add_argument(
        "--key",
        action="append",
        help="good test token, as TOKEN or TOKEN=ACCOUNT; default: any APP_USR-…",
    )
    parser.add_argument(
        "--live-key", action="append", default=[], help="good live token, as TOKEN or TOKEN=ACCOUNT"
    )
    parser.add_argument("--latency", type=float, default=0.0, help="seconds a call")
    parser.add_argument(
        "--authorisation", type=float, default=0.0, help="seconds more for charging a card"
    )
    parser.add_argument("--decline-status", type=int, choices=(402, 200), default=402)
    parser.add_argument("--force-three-ds", action="store_true", help="3DS for every card")
    return parser


if __name__ == "__main__":
    main()
