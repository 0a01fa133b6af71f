"""Run a router as a process of its own: `python -m portal.sandbox.routeros`.

Prints one line of JSON when it listens, and serves until it is told to stop.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path

from portal.sandbox.routeros.control import Control
from portal.sandbox.routeros.hotspot import LICENSE_CAPS
from portal.sandbox.routeros.login_pages.server import HotspotHttp
from portal.sandbox.routeros.sandbox import RouterSandbox
from portal.sandbox.routeros.wire.tls import Tls


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m portal.sandbox.routeros", description=__doc__)
    parser.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS")
    parser.add_argument("--port", type=int, default=0, help="of the API; 0 takes a free one")
    parser.add_argument("--tls-port", type=int, help="of the API over TLS; without it, no TLS")
    parser.add_argument("--tls", type=Tls, choices=list(Tls), default=Tls.CERTIFICATE)
    parser.add_argument("--control-port", type=int, help="without it, no control port")
    parser.add_argument("--hotspot-port", type=int, help="of its pages; without it, no pages")
    parser.add_argument(
        "--incoming-port", type=int, help="for Disconnects; without it, what /radius incoming says"
    )
    parser.add_argument("--state", type=Path, help="file that keeps the router's memory")
    parser.add_argument("--version", default="7.20.8")
    parser.add_argument("--license-level", type=int, choices=list(LICENSE_CAPS), default=4)
    parser.add_argument("--user", default="portal")
    parser.add_argument(
        "--password",
        default=os.environ.get("ROUTEROS_PASSWORD"),
        help="of the API's user; by default ROUTEROS_PASSWORD's value, or a drawn one",
    )
    parser.add_argument("--delay", type=float, default=0, help="milliseconds before each reply")
    parser.add_argument("--at-once", type=int, help="commands of a connection run side by side")
    parser.add_argument(
        "--exit-on-eof", action="store_true", help="stop when standard input ends as well"
    )
    return parser.parse_args()


def _router(args: argparse.Namespace) -> RouterSandbox:
    router = RouterSandbox(
        version=args.version,
        license_level=args.license_level,
        user=args.user,
        password=args.password,
        host=args.listen,
        port=args.port,
        tls=None if args.tls_port is None else args.tls,
        tls_port=args.tls_port or 0,
        state=args.state,
        at_once=args.at_once,
        incoming_port=args.incoming_port,
    )
    if args.delay:
        router.faults.delay(args.delay, times=None)
    return router


def _told_to_end(*, exit_on_eof: bool) -> threading.Event:
    end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end.set())
    if exit_on_eof:

        def watch() -> None:
            sys.stdin.buffer.read()
            end.set()

        threading.Thread(target=watch, daemon=True).start()
    return end


def main() -> None:
    """Serve until SIGINT, SIGTERM or, if asked for, the end of standard input."""
    args = _arguments()
    # Before anybody is told that it is ready, and may end it at once.
    end = _told_to_end(exit_on_eof=args.exit_on_eof)
    with contextlib.ExitStack() as stack:
        router = stack.enter_context(_router(args))
        hotspot = None
        if args.hotspot_port is not None:
            hotspot = stack.enter_context(HotspotHttp(router, args.hotspot_port))
        url = None
        if args.control_port is not None:
            url = stack.enter_context(Control(router, args.control_port, hotspot)).url
        ready = {
            "host": router.host,
            "port": router.port,
            "tls_port": router.tls_port,
            "user": router.user,
            "password": router.password,
            "fingerprint": router.fingerprint,
            "control_url": url,
            "hotspot_url": hotspot.url if hotspot else None,
            "version": router.version,
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        end.wait()


if __name__ == "__main__":
    main()
