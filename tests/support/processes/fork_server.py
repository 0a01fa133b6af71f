"""Fork a process for each order that comes in; a script that `forking.py` starts.

It has the application's modules imported, and has made an application, of which children find the
addresses bound and the sentences read; nothing else: no thread, no connection, no setting.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import os
import select
import signal
import socket
import threading
from contextlib import suppress

import structlog
from sqlalchemy.orm import configure_mappers

from config import load_settings
from portal.app import create_app
from tests.support.processes.becoming import NUMBER, Order, become, go
from tests.support.processes.forking import adopt
from tests.support.processes.nursery import MOST_BYTES, MOST_FILES, is_wanted, open_nursery
from tests.support.quick_apps import share_all_templates
from tests.support.quick_routes import share_routes
from tests.support.shop import SECRETS

PRELOADED = (
    *("flask.cli", "flask_migrate.cli", "flask_sqlalchemy.cli", "alembic.command", "jinja2.ext"),
    *("psycopg2.extras", "encodings.cp1252", "encodings.unicode_escape", "netrc", "_strptime"),
    *("portal.cli.all_commands", "portal.cli.env_option", "portal.core.schema.indexes"),
    *("gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "portal.core.server_log"),
    *("portal.operators.first_run.announcement", "portal.worker.dispatcher"),
    *("portal.sandbox.demo", "portal.sandbox.demo.surface", "portal.sandbox.gateway.process"),
    *("portal.sandbox.routeros", "portal.sandbox.routeros.control"),
    *("portal.sandbox.conekta", "portal.sandbox.mercadopago"),
)

FORKING = tuple(
    f"tests.benchmarks.{name}" for name in ("sale", "fairness", "nation", "line", "radius")
)
# Nobody connects.
NOWHERE = "postgresql://127.0.0.1/nowhere"


def serve(orders: socket.socket) -> tuple[Order, list[int]] | None:
    """Fork until nobody is left to order. In a child: what it was ordered, with its files."""
    woken, waker = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    tell: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([orders, woken], [], [])
        if woken in ready:
            os.read(woken, MOST_BYTES)
            _reap(tell)
        if orders not in ready:
            continue
        text, files, _, _ = socket.recv_fds(orders, MOST_BYTES, MOST_FILES)
        if not text:
            return None
        pid = os.fork()
        if pid == 0:
            orders.detach()
            return json.loads(text), files
        tell[pid], *handed_on = files
        for file in handed_on:
            os.close(file)


def _reap(tell: dict[int, int]) -> None:
    """Tell of each child that has ended."""
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            # Whoever ordered it may have gone.
            with suppress(BrokenPipeError):
                os.write(tell[pid], NUMBER.pack(os.waitstatus_to_exitcode(status)))
            os.close(tell.pop(pid))


def make_application() -> None:
    """Make one that goes away again; the log, which it sets up, is as before."""
    share_routes()
    share_all_templates()
    app = create_app(load_settings(SECRETS | {"DATABASE_URL": NOWHERE}))
    app.url_map.update()
    configure_mappers()
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()


def main() -> None:
    """Import, and serve the orders that come over the socket that is standard input."""
    for module in PRELOADED:
        importlib.import_module(module)
    make_application()
    if threading.active_count() > 1:
        raise RuntimeError("a thread would not outlive a fork")
    gc.collect()
    gc.freeze()
    _serve_to_the_end(socket.socket(fileno=os.dup(0)))


def _serve_to_the_end(orders: socket.socket) -> None:
    if ordered := serve(orders):
        order, files = ordered
        os.setsid()
        become(order, files)
        if is_wanted(order):
            open_nursery()
        if order["words"][0] in FORKING:
            _open_branch()
        go(order)


def _open_branch() -> None:
    """Fork a server like this one for a process that will have commands forked itself."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        os.setsid()
        _serve_to_the_end(theirs)
        os._exit(0)
    theirs.close()
    adopt(ours, pid)


if __name__ == "__main__":
    main()
