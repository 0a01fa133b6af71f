"""Configure gunicorn: `gunicorn -c python:portal.server wsgi:app`. What its command line says wins.

The application is made once, before the processes are forked off: it starts sooner, settings that
cannot be used stop it with one sentence, and what was read is shared. Nothing that must not be
shared is open by then: database, gateway and routers are connected to at the first need, and
whatever runs for a moment after the start is waited for.
"""

from __future__ import annotations

import gc
import math
import os
import random
import threading
from typing import Any

from flask import Flask

from config import unchecked_settings
from portal.core.extensions import db
from portal.core.migrations import newest
from portal.core.server_log import ServerLog
from portal.operators.first_run.announcement import announce

MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes a file of its own there, without a name
STARTING_SECONDS = 1.0
_settings = unchecked_settings()

wsgi_app = "wsgi:app"
bind = _settings.web_bind
worker_class = "gthread"
workers = _settings.web_workers
threads = _settings.web_threads
preload_app = True
# A sale under way is answered before its process ends.
graceful_timeout = math.ceil(_settings.sale_deadline) + 5
timeout = 60
# Longer than the proxy keeps a connection that nobody uses: who closes first loses no request.
keepalive = 75
backlog = 2048
# Addresses of purchases hold sealed words; nothing else of a request's head is long.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# Its default is one path a user: a second installation would take the first one's place.
control_socket_disable = True
# A beat that waits for a slow disk looks like a process that hangs.
worker_tmp_dir = MEMORY if os.path.isdir(MEMORY) else None
logger_class = ServerLog
loglevel = _settings.log_level.lower()
# The application tells of each request itself.
accesslog = None


def when_ready(arbiter: Any) -> None:
    """Tell, once a start, how a deployment that nobody may enter yet is entered."""
    app = arbiter.app.callable
    if app is None:
        return
    with app.app_context():
        announce()
        # The processes that are forked off next connect for themselves.
        db.engine.dispose()
    _make_ahead(app)
    # Whatever stands now is left out of every collection: to look at it copies its memory.
    gc.collect()
    gc.freeze()


def _make_ahead(app: Flask) -> None:
    """Make what every process would make for itself at its first requests: so it is shared."""
    newest()
    app.url_map.bind("").test("/")
    for name in app.jinja_env.list_templates(filter_func=_is_for_customers):
        app.jinja_env.get_template(name)


def _is_for_customers(template: str) -> bool:
    return template.startswith("pages/") and template.endswith(".html")


def pre_fork(_arbiter: Any, _worker: Any) -> None:
    """Wait for what runs for a moment only: a fork would leave its threads behind."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(STARTING_SECONDS)


def post_fork(_arbiter: Any, worker: Any) -> None:
    """Take nothing of the parent's along: no database connection, no state of chance."""
    random.seed()
    if worker.app.callable is not None:
        with worker.app.callable.app_context():
            db.engine.dispose(close=False)
