"""What the API's commands do to the router, apart from how they travel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.sandbox.routeros import kinds
from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.hotspot import Refusal
from portal.sandbox.routeros.query import Query
from portal.sandbox.routeros.store import Row, Table
from portal.sandbox.routeros.tables import ACTIVE, HOST, MENUS, USER, Menu, Property
from portal.sandbox.routeros.views import readable

# Categories of a trap (RouterOS documentation).
MISSING, BAD_VALUE, INTERRUPTED, FAILURE = 0, 1, 2, 4


class Trap(Exception):
    """The command failed; the text is the router's."""

    def __init__(self, message: str, category: int | None = FAILURE) -> None:
        super().__init__(message)
        self.message = message
        self.category = category


@dataclass
class Reply:
    """What a command answers: rows as (property, value) pairs, and the `=ret=` of `!done`."""

    rows: list[list[tuple[str, str]]] = field(default_factory=list)
    ret: str | None = None
    lists_rows: bool = False


def execute(device: Device, command_path: str, args: dict[str, str], queries: list[str]) -> Reply:
    """Run `/menu/command`; raises Trap."""
    path, _, command = command_path.rpartition("/")
    menu = MENUS.get(path)
    if menu is None:
        raise Trap("no such command prefix", MISSING)
    if not menu.has(command, device.version):
        raise Trap("no such command", MISSING)
    _check_arguments(menu, command, args, device)
    device.hotspot.settle()
    if command == "print":
        return _print(device, menu, args, queries)
    reply = _CHANGES[command](device, menu, args)
    device.changes += 1
    return reply


def _check_arguments(menu: Menu, command: str, args: dict[str, str], device: Device) -> None:
    known = menu.arguments(command, device.version)
    own = {".proplist"} if command == "print" else set() if menu.single else {".id"}
    if command in ("add", "login"):
        own = set()
    for name in args:
        if name not in known and name not in own:
            raise Trap(f"unknown parameter {name}", MISSING)


def _print(device: Device, menu: Menu, args: dict[str, str], queries: list[str]) -> Reply:
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
    shown = [] if menu.single else [".id"]
    shown += [p.name for p in menu.shown(device.version)]
    if not args.get(".proplist"):
        return shown
    wanted = args[".proplist"].split(",")
    for name in wanted:
        if name not in shown:
            raise Trap(f"unknown parameter {name}", MISSING)
    return wanted


def _candidates(table: Table, query: Query, args: dict[str, str]) -> Iterable[Row]:
    """The rows that may match, through an index where a query allows it."""
    if "from" in args:
        return _named(table, args["from"])
    for name, value in query.equalities():
        if name == ".id":
            row = table.get(value)
            return [row] if row else []
        if table.is_indexed(name):
            return table.find(name, value)
    return table


def _named(table: Table, ids: str) -> list[Row]:
    rows = []
    for id_ in ids.split(","):
        row = table.get(id_)
        if row is None:
            raise Trap("no such item (4)", MISSING)
        rows.append(row)
    return rows


def _targets(device: Device, menu: Menu, args: dict[str, str]) -> list[Row]:
    if menu.single:
        return list(device.tables[menu.path])
    if not args.get(".id"):
        raise Trap("missing value(s) of argument(s) .id", MISSING)
    return _named(device.tables[menu.path], args[".id"])


def _read(device: Device, prop: Property, value: str) -> str | None:
    """An argument's value as it is stored; None where it means absent."""
    try:
        canonical = prop.kind(value)
    except kinds.Mismatch as mismatch:
        raise Trap(str(mismatch).format(prop.name), BAD_VALUE) from None
    if canonical == prop.unset:
        return None
    names = device.tables[prop.refers_to] if prop.refers_to else None
    if names is not None and names.first("name", canonical) is None:
        raise Trap(f"input does not match any value of {prop.name}", BAD_VALUE)
    return canonical


def _read_all(device: Device, menu: Menu, args: dict[str, str]) -> dict[str, str | None]:
    known = menu.writable(device.version)
    return {name: _read(device, known[name], args[name]) for name in args if name in known}


def _add(device: Device, menu: Menu, args: dict[str, str]) -> Reply:
    for prop in menu.writable(device.version).values():
        if prop.required and prop.name not in args:
            raise Trap(f"missing value(s) of argument(s) {prop.name}", MISSING)
    changes = device.defaults(menu.path) | _read_all(device, menu, args)
    values = {name: value for name, value in changes.items() if value is not None}
    _check_unique(device, menu, values, None)
    return Reply(ret=device.tables[menu.path].add(values).id)


def _set(device: Device, menu: Menu, args: dict[str, str]) -> Reply:
    changes = _read_all(device, menu, args)
    for row in _targets(device, menu, args):
        after = {**row.values, **changes}
        _check_unique(device, menu, {n: v for n, v in after.items() if v is not None}, row)
        if "name" in changes:
            _rename(device, menu, row.get("name"), str(changes["name"]))
        device.tables[menu.path].update(row, changes)
    return Reply()


def _check_unique(device: Device, menu: Menu, values: dict[str, str], row: Row | None) -> None:
    table = device.tables[menu.path]
    if not table.is_indexed("name"):
        return
    same = [other for other in table.find("name", values["name"]) if other is not row]
    if menu.path == USER:
        if any(other.get("server") == values.get("server", "") for other in same):
            raise Trap("failure: already have user with this name for this server")
    elif same:
        raise Trap("failure: already have profile with such name")


def _rename(device: Device, menu: Menu, before: str, after: str) -> None:
    """Rows elsewhere that name this one go on naming it."""
    for other in MENUS.values():
        for prop in other.properties:
            if prop.refers_to != menu.path:
                continue
            for row in device.tables[other.path]:
                if row.get(prop.name) == before:
                    device.tables[other.path].update(row, {prop.name: after})


def _remove(device: Device, menu: Menu, args: dict[str, str]) -> Reply:
    rows = _targets(device, menu, args)
    if any(row.get("default") == "true" for row in rows):
        raise Trap("failure: can not remove default item")
    for row in rows:
        if menu.path == ACTIVE:
            device.hotspot.remove_session(row)
        elif menu.path == HOST:
            device.hotspot.remove_host(row)
        else:
            device.tables[menu.path].remove(row)
    return Reply()


def _enable(device: Device, menu: Menu, args: dict[str, str]) -> Reply:
    for row in _targets(device, menu, args):
        device.tables[menu.path].update(row, {"disabled": "false"})
    return Reply()


def _disable(device: Device, menu: Menu, args: dict[str, str]) -> Reply:
    for row in _targets(device, menu, args):
        device.tables[menu.path].update(row, {"disabled": "true"})
    return Reply()


def _login(device: Device, menu: Menu, args: dict[str, str]) -> Reply:
    try:
        mac = kinds.mac(args["mac-address"]) if "mac-address" in args else None
        ip = kinds.address(args.get("ip", "0.0.0.0"))  # noqa: S104
    except kinds.Mismatch as mismatch:
        name = "ip" if "mac-address" not in args else "mac-address"
        raise Trap(str(mismatch).format(name), BAD_VALUE) from None
    try:
        device.hotspot.log_in(
            args.get("user", ""),
            args.get("password", ""),
            ip,
            mac,
            domain=args.get("domain", ""),
        )
    except Refusal as refusal:
        raise Trap(str(refusal)) from None
    return Reply()


_CHANGES = {
    "add": _add,
    "set": _set,
    "remove": _remove,
    "enable": _enable,
    "disable": _disable,
    "login": _login,
}
