"""`python line_load.py THREADS SECONDS`: ask one router from many threads at once.

Reads the router's address as JSON from standard input and writes what it came to. It
runs on the adapter of any checkout since 23 November 2026: the one that it finds in PYTHONPATH.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from importlib import import_module
from statistics import median
from typing import Any

TIMEOUT = 30.0
WARMING = 1.0


def main(threads: int, seconds: float) -> None:
    """Ask until so many seconds are over, and count from when all are warm."""
    where = json.load(sys.stdin)
    routers, router = connect(where)
    asking = Asking(router)
    crowd = [threading.Thread(target=asking.run) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    time.sleep(min(WARMING, seconds))
    began, cpu, before = time.perf_counter(), time.process_time(), len(asking.took)
    time.sleep(seconds)
    lasted, cpu = time.perf_counter() - began, time.process_time() - cpu
    took = asking.took[before:]
    asking.over.set()
    for thread in crowd:
        thread.join()
    routers.close()
    figures = {"rate": len(took) / lasted, "cpu": cpu / len(took), "median": median(took)}
    json.dump(figures | {"failed": asking.failed}, sys.stdout)


def connect(where: dict[str, Any]) -> tuple[Any, Any]:
    """Give the routers of this checkout's adapter, and what looks for users on the one there."""
    router = import_module("portal.hotspot.router")
    address = router.RouterAddress(where["host"], where["port"], where["user"], where["password"])
    try:
        adapter = import_module("portal.hotspot.routeros.adapter")
    except ImportError:
        # As it was in November 2026.
        settings = import_module("portal.hotspot.settings").RouterSettings()
        routers = import_module("portal.hotspot.registry").Routers(settings)
        return routers, routers.at(address)
    settings = import_module("portal.hotspot.routeros.settings").RouterSettings(own_machine=True)
    routers = adapter.Routers(settings)
    return routers, routers.at(address).provisioner


class Asking:
    """Look for a user that is not there, again and again."""

    def __init__(self, router: Any) -> None:
        self.over = threading.Event()
        self.took: list[float] = []
        self.failed: dict[str, int] = {}
        self._find = router.find_user

    def run(self) -> None:
        """Ask in this thread until it is over."""
        while not self.over.is_set():
            began = time.perf_counter()
            try:
                self._find("nobody", TIMEOUT)
            except Exception as error:  # noqa: BLE001
                self.failed[str(error)] = self.failed.get(str(error), 0) + 1
            else:
                self.took.append(time.perf_counter() - began)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
