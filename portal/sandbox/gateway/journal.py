"""Keep the state file: one JSON line for each change, rewritten whole at the start.

A line is written before the call is answered, so that neither a restart nor a killed
process loses what a client was told.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from portal.sandbox.gateway.http import Json


class Journal:
    """Keep records by kind and id, the last line of each winning; without a path, nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def open(self) -> Iterator[tuple[str, Json]]:
        """Read what stands in the file, oldest first, then leave it compacted and open."""
        if self._path is None:
            return
        records = self._read(self._path)
        self._file = self._rewrite(self._path, records)
        for (kind, _), record in records.items():
            yield kind, record

    def write(self, kind: str, identifier: str, record: object) -> None:
        """Keep a record as it is now; None forgets it."""
        if self._file is not None:
            self._file.write(_line(kind, identifier, record))

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    @staticmethod
    def _read(path: Path) -> dict[tuple[str, str], Json]:
        records: dict[tuple[str, str], Json] = {}
        if not path.exists():
            return records
        with path.open("rb") as file:
            for line in file:
                # A process killed in the middle of a line leaves half of it; it was not answered.
                if not line.endswith(b"\n"):
                    break
                kind, identifier, record = json.loads(line)
                if record is None:
                    records.pop((kind, identifier), None)
                else:
                    records[kind, identifier] = record
        return records

    @staticmethod
    def _rewrite(path: Path, records: dict[tuple[str, str], Json]) -> BinaryIO:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(path.name + ".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for (kind, identifier), record in records.items():
                file.write(_line(kind, identifier, record))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        return path.open("ab", buffering=0)


def _line(kind: str, identifier: str, record: object) -> bytes:
    return json.dumps([kind, identifier, record], default=_plain).encode() + b"\n"


def _plain(record: Any) -> Any:
    return vars(record)
