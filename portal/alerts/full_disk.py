"""Find out whether the database's disk has room, before a sale finds it out."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from flask import current_app
from psycopg2.errors import DiskFull, QueryCanceled
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.core.database import server, writing
from portal.core.logs import log
from portal.core.settings.values import sqlite_file
from portal.ports import settings

ROOM_BYTES = 1024**2
# Whoever asks: anybody may, and each answer costs the server a write.
KEPT_SECONDS = 10.0
LONGEST = "2s"
# What does not fit into its memory PostgreSQL writes to a file of its own, without any lock, row
# or line of its log: 8 bytes a number and about as much around it.
SPILL = text("SELECT count(*) FROM generate_series(1, 65536)")


@dataclass(frozen=True)
class _Seen:
    is_full: bool
    at: float


def is_disk_full() -> bool:
    """Tell whether nothing more can be kept; as it was found in the last 10 seconds, if it was.

    One looks at a time: to whoever asks meanwhile it is as it was found last. False where it cannot
    be told. Raises SQLAlchemyError where there is no database to ask.
    """
    seen: _Seen | None = current_app.extensions.get("disk_seen")
    look: Lock = current_app.extensions.setdefault("disk_look", Lock())
    is_old = seen is None or time.monotonic() - seen.at > KEPT_SECONDS
    if is_old and look.acquire(blocking=False):
        try:
            seen = _Seen(_is_full(), time.monotonic())
            current_app.extensions["disk_seen"] = seen
        finally:
            look.release()
    return seen is not None and seen.is_full


def _is_full() -> bool:
    if server() is not None:
        return _is_server_full()
    file = sqlite_file(settings().database_url)
    return file is not None and _free_bytes(file.parent) < ROOM_BYTES


def _free_bytes(folder: Path) -> int:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def _is_server_full() -> bool:
    """Have PostgreSQL write to its disk: it tells nobody how much is free there."""
    try:
        with writing() as session:
            session.execute(text("SET LOCAL work_mem = '64kB'"))
            session.execute(text(f"SET LOCAL statement_timeout = '{LONGEST}'"))
            session.execute(SPILL)
    except DBAPIError as error:
        if isinstance(error.orig, DiskFull):
            return True
        if not isinstance(error.orig, QueryCanceled):
            raise
        log().warning("slow_disk", longest=LONGEST)
    return False
