"""Read settings from a file of `NAME=value` lines, as systemd's EnvironmentFile has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.core.errors import SettingsError

VARIABLE = "PORTAL_ENV"
EVERYBODYS = Path("/etc/portal.env")
LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)")
QUOTES = "'\""


def deployed_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Join the process' environment, which wins, with what the settings' file says.

    The file is the one that PORTAL_ENV names, none where that is empty, or `/etc/portal.env`.
    Raises SettingsError where it cannot be read.
    """
    path = env_file(environ)
    said = {} if path is None else _read(path, environ)
    return said | dict(environ)


def env_file(environ: Mapping[str, str]) -> Path | None:
    """Find the settings' file of a process; None where it has none."""
    named = environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    return EVERYBODYS if EVERYBODYS.exists() else None


def _read(path: Path, environ: Mapping[str, str]) -> dict[str, str]:
    try:
        return dict(_lines(path))
    except PermissionError:
        # systemd may have read it for us, as root.
        if environ.get("DATABASE_URL"):
            return {}
        raise SettingsError(
            f"Run this as a user who may read {path}, for example with: sudo -u portal"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            f"Let {VARIABLE} name a file of settings: {path} cannot be read."
        ) from None


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        found = LINE.fullmatch(text)
        if found is None:
            raise SettingsError(f"Write line {number} of {path} as NAME=value, or begin it with #.")
        yield found[1], _unquoted(found[2].strip())


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] in QUOTES and value[0] == value[-1]
    return value[1:-1] if is_quoted else value
