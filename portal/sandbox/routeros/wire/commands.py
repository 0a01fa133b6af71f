"""Carry out the API's commands, apart from how they travel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.menus.changes import CHANGES, named
from portal.sandbox.routeros.menus.errors import Category, Trap
from portal.sandbox.routeros.menus.schema import Menu
from portal.sandbox.routeros.menus.store import Row, Table
from portal.sandbox.routeros.menus.tables import MENUS
from portal.sandbox.routeros.menus.views import readable
from portal.sandbox.routeros.wire.query import Query


@dataclass(frozen=True)
class Reply:
    """Hold what a command answers: rows as (property, value) pairs, and the `=ret=` of `!done`."""

    rows: list[list[tuple[str, str]]] = field(default_factory=list)
    ret: str | None = None
    lists_rows: bool = False

    def without(self, name: str) -> Reply:
        """Give the same, with no row telling this property."""
        rows = [[pair for pair in row if pair[0] != name] for row in self.rows]
        return replace(self, rows=rows)


def execute(
    device: Device, command_path: str, args: dict[str, str], queries: Sequence[str] = ()
) -> Reply:
    """Run `/menu/command`; raises Trap."""
    path, _, command = command_path.rpartition("/")
    menu = MENUS.get(path)
    if menu is None or device.version < menu.since:
        raise Trap("no such command prefix", Category.MISSING)
    if not menu.has(command, device.version):
        raise Trap("no such command", Category.MISSING)
    known = menu.arguments(command, device.version) | menu.own_arguments(command)
    for name in args:
        if name not in known:
            raise Trap(f"unknown parameter {name}", Category.MISSING)
    device.hotspot.settle()
    if command == "print":
        return _print(device, menu, args, queries)
    return Reply(ret=CHANGES[command](device, menu, args))


def _print(device: Device, menu: Menu, args: dict[str, str], queries: Sequence[str]) -> Reply:
    wanted = _columns(device, menu, args)
    query = Query(queries)
    rows = []
    for row in _candidates(device.tables[menu.path], query, args):
        values = readable(device, menu.path, row)
        if query.matches(values):
            rows.append([(name, values[name]) for name in wanted if name in values])
    if "count-only" in args:
        return Reply(ret=str(len(rows)))
    return Reply(rows, lists_rows=True)


def _columns(device: Device, menu: Menu, args: dict[str, str]) -> list[str]:
    """The properties asked for. RouterOS passes over unknown ones; here they are a mistake."""
    shown = [] if menu.single else [".id"]
    shown += [prop.name for prop in menu.shown(device.version)]
    wanted = args[".proplist"].split(",") if args.get(".proplist") else shown
    for name in wanted:
        if name not in shown:
            raise Trap(f"unknown parameter {name}", Category.MISSING)
    return wanted


def _candidates(table: Table, query: Query, args: dict[str, str]) -> Iterable[Row]:
    """The rows that may match, through an index where a query allows it."""
    if "from" in args:
        return named(table, args["from"])
    for name, value in query.equalities():
        if name == ".id":
            row = table.get(value)
            return [] if row is None else [row]
        if table.is_indexed(name):
            return table.find(name, value)
    return table
