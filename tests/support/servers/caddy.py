"""Run Debian's Caddy as a child process, with the file that `flask deploy caddy` prints."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.processes.process import Process


def executable() -> str:
    """Where it is. Skips where there is none, which in CI is a failure."""
    found = shutil.which("caddy")
    if found is None:
        pytest.skip("no caddy")
    return found


def caddy(text: str, folder: Path) -> Process:
    """Caddy with this file, to be entered; it keeps all of its files in `folder`."""
    file = folder / "Caddyfile"
    # Its administration would take the port of another one on this machine.
    file.write_text(text.replace("{\n", "{\n\tadmin off\n", 1))
    command = [executable(), "run", "--config", file, "--adapter", "caddyfile"]
    homes = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return Process(command, homes)
