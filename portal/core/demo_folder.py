"""Tell whose folder an instance is: a demo keeps there what commands beside it must know.

Where nothing but the folder says what to work with, and a demo lives in it, commands speak to
that demo's gateway and router and to no other, whether it runs or not: its company holds keys
that the real gateway must never see.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER, LOCK, SETTINGS = "demo", "lock", "settings.json"
PRIVATE = 0o600
# Nobody listens there: what a demo that has ended left behind may by now be somebody else's port.
NOBODY = "http://127.0.0.1:1"


@dataclass(frozen=True)
class Found:
    """Hold a folder's demo: whether it runs, and the variables that it told once it answered."""

    folder: Path
    runs: bool
    variables: Mapping[str, str]

    @property
    def url(self) -> str | None:
        """Give where it answers; None while it starts, and after its end."""
        return self.variables.get("PUBLIC_URL") if self.runs else None

    @property
    def silence(self) -> str:
        """Say why it does not answer a command that was started too early, or too late."""
        if self.runs:
            return (
                f"La demostración de {self.folder} está arrancando: "
                "repita la orden cuando haya dicho su dirección."
            )
        return (
            f"La demostración de {self.folder} está detenida y esta carpeta es suya: arránquela "
            "con «flask demo» y repita la orden, o nombre otra base de datos con DATABASE_URL."
        )


def look(instance: Path) -> Found | None:
    """Find the demo that lives in the instance folder, if one ever did."""
    own = instance / FOLDER
    if not (own / LOCK).exists():
        return None
    runs = _is_held(own / LOCK)
    return Found(instance, runs, _read(own / SETTINGS) if runs else {})


def environment(
    environ: Mapping[str, str], instance: Path, gateways: Iterable[str]
) -> Mapping[str, str]:
    """Give the variables to read settings from: the demo's, where no database is named.

    `instance` is the folder that serves where `environ` names none. `gateways` are the settings
    that lead to payment gateways: to nobody, while no demo answers.
    """
    folder = Path(environ.get("INSTANCE_PATH") or instance).absolute()
    found = None if environ.get("DATABASE_URL") else look(folder)
    if found is None:
        return environ
    silent = {name.upper(): NOBODY for name in gateways}
    return silent | dict(found.variables) | {"INSTANCE_PATH": str(folder)}


def tell(instance: Path, variables: Mapping[str, str]) -> None:
    """Let commands in the folder know what the demo works with, in one step."""
    path = instance / FOLDER / SETTINGS
    beside = path.with_suffix(".new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "w") as file:
        json.dump(dict(variables), file, indent=1)
    beside.replace(path)


def _read(path: Path) -> dict[str, str]:
    try:
        told: dict[str, str] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return told


def _is_held(path: Path) -> bool:
    """Tell whether a demo holds the lock; a look at it keeps none from starting."""
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
