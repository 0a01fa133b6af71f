"""Keep what an embedded installation has for itself: a folder with its secrets and database."""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import Any

from portal.core.errors import SettingsError

SECRETS_FILE = "secrets.json"
DATABASE_FILE = "portal.db"
SECRETS = ("secret_key", "jwt_apikey_secret", "jwt_session_secret")
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
OTHERS = stat.S_IRWXG | stat.S_IRWXO
# SQLite keeps what was not written back yet beside the file itself.
BESIDE = ("", "-wal", "-shm", "-journal")


def instance_secrets(instance: Path, *, make: bool) -> dict[str, str]:
    """Read the instance's secrets; where there are none make them (mode 0600), or have none.

    Raises SettingsError.
    """
    path = instance / SECRETS_FILE
    try:
        if make:
            instance.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        if not path.exists():
            if not make:
                return {}
            _write_once(path)
        stored = json.loads(path.read_text())
    except OSError as error:
        raise SettingsError(
            f"Set INSTANCE_PATH to a folder that can be read and written: {instance} cannot."
        ) from error
    except ValueError:
        stored = None
    if not _are_secrets(stored):
        # Made anew they would lock away all that the old ones protect.
        raise SettingsError(f"Restore {path} from a backup: it does not hold the secrets any more.")
    found: dict[str, str] = stored
    return found


def new_secrets() -> dict[str, str]:
    """Make fresh secrets, each under the name of its setting."""
    made = {name: secrets.token_hex(32) for name in SECRETS}
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return made | {"encryption_keys": key}


def make_private(database: Path) -> None:
    """Take from everybody but its owner what lies beside a SQLite database, itself included.

    SQLite makes what lies beside with the file's own mode; one that is another user's stays.
    """
    for suffix in BESIDE:
        path = database.with_name(database.name + suffix)
        try:
            mode = path.stat().st_mode
            if mode & OTHERS:
                path.chmod(stat.S_IMODE(mode) & ~OTHERS)
        except OSError:
            continue


def open_privately(database: Path) -> None:
    """Make the file, empty and of mode 0600, where there is none, and its folder 0700."""
    database.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    os.close(os.open(database, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
    make_private(database)


def _are_secrets(stored: Any) -> bool:
    return (
        isinstance(stored, dict)
        and stored.keys() == {*SECRETS, "encryption_keys"}
        and all(isinstance(value, str) for value in stored.values())
    )


def _write_once(path: Path) -> None:
    """Link a complete file into place, so that of two processes starting at once one wins."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        json.dump(new_secrets(), file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)
