"""Find FreeRADIUS on this machine, and tell what its version can do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import NamedTuple

# Debian and its children name it after the project, all others as the project does.
PROGRAMS = ("freeradius", "radiusd")
SAID = re.compile(r"FreeRADIUS Version (\d+)\.(\d+)\.(\d+)")
PATIENCE_SECONDS = 10.0


class Version(NamedTuple):
    """Hold a version, such as 3.2.1."""

    major: int
    minor: int
    patch: int

    @property
    def is_served(self) -> bool:
        """Tell whether our files are for it: 3.2, of which 3.2.1 is the oldest met."""
        return self[:2] == (3, 2)

    @property
    def signs_answers(self) -> bool:
        """Tell whether it puts a Message-Authenticator into each answer by itself (3.2.5)."""
        return self >= (3, 2, 5)

    def __str__(self) -> str:
        return ".".join(map(str, self))


OLDEST = Version(3, 2, 1)
NEWEST = Version(3, 2, 8)


def program() -> str | None:
    """Give the path of the server; None where it is not installed."""
    path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"
    return next((found for name in PROGRAMS if (found := shutil.which(name, path=path))), None)


def parse(said: str) -> Version | None:
    """Read a version off what the server says with `-v`; None where it says none."""
    match = SAID.search(said)
    return Version(*map(int, match.groups())) if match else None


def read(word: str) -> Version | None:
    """Read a version as people write it, such as 3.2.1."""
    return parse(f"FreeRADIUS Version {word}")


def installed(path: str | None = None) -> Version | None:
    """Ask the server that is installed, or that at `path`; None where it is missing or mute."""
    found = path or program()
    if found is None:
        return None
    said = subprocess.run(  # noqa: S603 - found by its name
        [found, "-v"], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    return parse(said.stdout)
