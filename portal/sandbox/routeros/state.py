"""Keep the router's memory between two runs: one JSON file, always whole."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.menus.store import Row

# Saving may take a tenth of the time, so that it stays cheap as the tables grow.
_REST_AFTER_SAVE = 9


def dump(device: Device) -> dict[str, Any]:
    """Give all that the router remembers, as JSON's types."""
    return {
        "clock_offset": device.clock.offset,
        "booted_at": device.booted_at,
        "tables": {
            path: {
                "next_number": table.next_number,
                "rows": [[row.number, row.values, row.gauges] for row in table],
            }
            for path, table in device.tables.items()
        },
    }


def load(device: Device, state: dict[str, Any]) -> None:
    """Make the router what `dump` saw."""
    device.clock.offset = state["clock_offset"]
    device.booted_at = state["booted_at"]
    for path, kept in state["tables"].items():
        table = device.tables[path]
        table.clear()
        for number, values, gauges in kept["rows"]:
            table.restore(Row(number, values, gauges))
        table.next_number = kept["next_number"]
    device.hotspot.resume()
    # Nothing else of them was kept, so they are gone as by a power cut, which servers are told.
    device.hotspot.forget_those_of_servers()


class StateFile:
    """Keep a device's state in a file (mode 0600: it holds the hotspot's passwords)."""

    def __init__(self, device: Device, path: Path) -> None:
        self._device = device
        self._path = path
        self._saved_revision = -1
        self._next_save = 0.0
        self._planned: asyncio.TimerHandle | None = None

    def restore(self) -> None:
        """Take up the state of the last run, if there was one."""
        if self._path.exists():
            load(self._device, json.loads(self._path.read_text()))
        self._saved_revision = self._device.revision

    def note(self) -> None:
        """Save what changed: at once, or as soon as the last save's cost has been rested off."""
        if self._device.revision == self._saved_revision or self._planned is not None:
            return
        wait = self._next_save - time.monotonic()
        if wait <= 0:
            self.save()
        else:
            self._planned = asyncio.get_running_loop().call_later(wait, self.save)

    def save(self) -> None:
        """Write the state beside the file, and put it in its place in one step."""
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None
        began = time.monotonic()
        self._saved_revision = self._device.revision
        beside = self._path.with_name(self._path.name + ".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(dump(self._device), file)
        beside.replace(self._path)
        ended = time.monotonic()
        self._next_save = ended + _REST_AFTER_SAVE * (ended - began)
