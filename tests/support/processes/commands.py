"""Run short commands to their end, and say what every child gets of our environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.patience import PATIENCE
from tests.support.processes import forking, shared

CHECKOUT = Path(__file__).resolve().parents[3]
# Nothing else of our own environment reaches a child: no setting, no proxy.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PORTAL_REFERENCE_DATA", shared.FOLDER)


def run(
    args: Sequence[str | os.PathLike[str]],
    env: Mapping[str, str] | None = None,
    *,
    stdin: str = "",
    seconds: float = PATIENCE,
) -> subprocess.CompletedProcess[str]:
    """Run a short command in the checkout to its end, whatever its exit status."""
    environ = child_environment() | dict(env or {})
    if forking.can_fork(args, environ):
        return forking.run(args, environ, stdin, seconds)
    return subprocess.run(
        args,
        env=environ,
        cwd=CHECKOUT,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )


def child_environment() -> dict[str, str]:
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    # Nor does a deployment on this machine, by its file of settings.
    return inherited | {"PYTHONUNBUFFERED": "1", "PORTAL_ENV": ""}
