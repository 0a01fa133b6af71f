"""Run Debian's nginx as a child process, with the site that `flask deploy nginx` prints."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support.processes.process import Process

MAIN = """
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 768; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""


def executable() -> str:
    """Where it is. Skips where there is none, which in CI is a failure."""
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        pytest.skip("no nginx")
    return found


def nginx(site: str, folder: Path) -> Process:
    """nginx with this site, to be entered; it keeps all of its files in `folder`."""
    (folder / "portal.conf").write_text(site)
    main = folder / "nginx.conf"
    # The worker of root's nginx is another user, whom the folder of a test is closed to.
    main.write_text(MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    return Process([executable(), "-e", folder / "error.log", "-c", main, "-g", "daemon off;"])
