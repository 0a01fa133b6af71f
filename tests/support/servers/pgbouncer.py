"""Run Debian's pgbouncer before the tests' PostgreSQL, as a child process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.support.processes.process import Process
from tests.support.servers.ports import free_port

# Debian keeps it where only root's PATH leads.
PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
SETTINGS = """[databases]
* = host=127.0.0.1 port={server_port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {places}
"""


@contextmanager
def pooled(url: str, folder: Path, places: int) -> Iterator[str]:
    """Give the address of the same database behind a pool of so many server connections."""
    if PROGRAM is None:
        pytest.skip("no pgbouncer: apt-get install pgbouncer")
    server, port = make_url(url), free_port()
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        SETTINGS.format(server_port=server.port, user=server.username, port=port, places=places)
    )
    # It refuses to run as root, and reads its settings before it changes to somebody else.
    somebody = ("-u", "nobody") if os.geteuid() == 0 else ()
    with Process([PROGRAM, *somebody, settings]) as process:
        process.wait_for_port(port)
        yield server.set(port=port).render_as_string(hide_password=False)
