"""Keep one simulated router's hotspot users and sessions: those it began with, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from time import monotonic

from portal.hotspot.routeros.values import spare_mark
from portal.sandbox.routeros.menus import durations
from portal.sandbox.routeros.menus.errors import Trap
from tests.benchmarks.nation.country import (
    USED_IN,
    USED_OUT,
    USED_SECONDS,
    Country,
    access_id,
    name_of,
)

Row = dict[str, str]
BYTES_A_SECOND = 50_000
MISSING = "no such item (4)"
TAKEN = "failure: already have user with this name for this server"


class HotspotUsers:
    """The users of one router. Those that the country sold are made up anew at each look."""

    def __init__(self, country: Country, router: int, mark: str, began: float) -> None:
        self._country, self._mark, self._began = country, mark, began
        self._sold = country.living_on(router)
        self._changed: dict[str, Row] = {}
        self._gone: set[str] = set()
        self._added: dict[str, Row] = {}
        self._numbers = count(len(self._sold) + 1)

    def users(self) -> Iterator[Row]:
        """Every user, with its counters as they are now."""
        online = self._seconds_online()
        for place, sale in enumerate(self._sold):
            row = self._sold_row(place, sale, online if place < self._country.online else 0)
            if row[".id"] not in self._gone:
                yield row | self._changed.get(row[".id"], {})
        yield from self._added.values()

    def sessions(self) -> Iterator[Row]:
        """Who is online: the first of the users that were sold."""
        seconds = self._seconds_online()
        for place, sale in enumerate(self._sold[: self._country.online]):
            if _id(place + 1) not in self._gone:
                yield {
                    ".id": f"*A{place:X}",
                    "server": "hotspot1",
                    "user": name_of(sale),
                    "address": f"10.5.{place >> 8}.{(place & 255) + 1}",
                    "mac-address": f"02:00:5E:30:{place >> 8:02X}:{place & 255:02X}",
                    "login-by": "http-chap",
                    "uptime": durations.render(seconds),
                    "bytes-in": str(seconds * BYTES_A_SECOND),
                    "bytes-out": str(seconds * BYTES_A_SECOND),
                }

    def add(self, values: Mapping[str, str]) -> str:
        """Make a user; its id. Raises Trap where the name is taken."""
        if any(row["name"] == values["name"] for row in self.users()):
            raise Trap(TAKEN)
        number = _id(next(self._numbers))
        empty = {"uptime": "0s", "bytes-in": "0", "bytes-out": "0"}
        self._added[number] = {".id": number} | _printed(values) | empty
        return number

    def change(self, number: str, values: Mapping[str, str]) -> None:
        """Set properties of a user. Raises Trap where there is none."""
        self._check(number)
        kept = self._added if number in self._added else self._changed
        kept[number] = kept.get(number, {}) | _printed(values)

    def remove(self, number: str) -> None:
        """Take a user away. Raises Trap where there is none."""
        self._check(number)
        if self._added.pop(number, None) is None:
            self._gone.add(number)

    def _check(self, number: str) -> None:
        if number not in self._added and (
            number in self._gone or number not in map(_id, range(1, len(self._sold) + 1))
        ):
            raise Trap(MISSING)

    def _seconds_online(self) -> int:
        return int(monotonic() - self._began) + 1

    def _sold_row(self, place: int, sale: int, online: int) -> Row:
        mark = self._mark + access_id(sale)
        return {
            ".id": _id(place + 1),
            "name": name_of(sale),
            "profile": "1hora",
            "comment": mark,
            "email": spare_mark(mark),
            "disabled": "false",
            "uptime": durations.render(USED_SECONDS + online),
            "bytes-in": str(USED_IN + online * BYTES_A_SECOND),
            "bytes-out": str(USED_OUT + online * BYTES_A_SECOND),
        }


def _id(number: int) -> str:
    return f"*{number:X}"


def _printed(values: Mapping[str, str]) -> Row:
    """What was sent as it is printed: truths as `true` and `false`, passwords to nobody."""
    said = {"yes": "true", "no": "false"}
    shown = {name: value for name, value in values.items() if name not in (".id", "password")}
    return {name: said.get(value, value) for name, value in shown.items()}
