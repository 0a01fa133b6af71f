"""Change a menu's rows by its commands."""

from __future__ import annotations

from collections.abc import Callable

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.menus import kinds, paths
from portal.sandbox.routeros.menus.errors import Category, Refusal, Trap
from portal.sandbox.routeros.menus.schema import Menu, Property
from portal.sandbox.routeros.menus.store import Row, Table
from portal.sandbox.routeros.menus.tables import MENUS
from portal.sandbox.routeros.menus.tunnel_keys import drawn

Values = dict[str, str]
INTERFACES = (paths.WIREGUARD, paths.L2TP_CLIENT)
NOT_ALLOWED = "failure: not allowed by device-mode"
Change = Callable[[Device, Menu, Values], str | None]


def named(table: Table, ids: str) -> list[Row]:
    """Give the rows of comma-separated ids, each once; raises Trap."""
    rows = []
    for id_ in dict.fromkeys(ids.split(",")):
        row = table.get(id_)
        if row is None:
            raise Trap("no such item (4)", Category.MISSING)
        rows.append(row)
    return rows


def _targets(device: Device, menu: Menu, args: Values) -> list[Row]:
    if menu.single:
        return list(device.tables[menu.path])
    if not args.get(".id"):
        raise Trap("missing value(s) of argument(s) .id", Category.MISSING)
    return named(device.tables[menu.path], args[".id"])


def _canonical(name: str, kind: kinds.Kind, value: str) -> str:
    try:
        return kind(value)
    except kinds.Mismatch as mismatch:
        raise Trap(str(mismatch).format(name), Category.BAD_VALUE) from None


def _read(device: Device, prop: Property, value: str) -> str | None:
    """An argument's value as it is stored; None where it means absent."""
    canonical = _canonical(prop.name, prop.kind, value)
    if canonical == prop.unset:
        return None
    if prop.refers_to and device.tables[prop.refers_to].first("name", canonical) is None:
        raise Trap(f"input does not match any value of {prop.name}", Category.BAD_VALUE)
    return canonical


def _read_all(device: Device, menu: Menu, args: Values) -> dict[str, str | None]:
    known = menu.writable(device.version)
    return {name: _read(device, known[name], args[name]) for name in args if name in known}


def _add(device: Device, menu: Menu, args: Values) -> str:
    for prop in menu.writable(device.version).values():
        if prop.required and not args.get(prop.name):
            raise Trap(f"missing value(s) of argument(s) {prop.name}", Category.MISSING)
    values = device.defaults(menu.path) | _read_all(device, menu, args)
    present = {name: value for name, value in values.items() if value is not None}
    if menu.path == paths.WIREGUARD:
        present.setdefault("private-key", drawn())
    _check_device_mode(device, menu)
    _check_unique(device, menu, present, None)
    table = device.tables[menu.path]
    place = named(table, args["place-before"])[0] if "place-before" in args else None
    row = table.add(present)
    if place is not None:
        table.move([row], place)
    return row.id


def _check_device_mode(device: Device, menu: Menu) -> None:
    if menu.path == paths.SCHEDULER and not device.permits("scheduler"):
        raise Trap(NOT_ALLOWED)


def _move(device: Device, menu: Menu, args: Values) -> None:
    table = device.tables[menu.path]
    rows = _targets(device, menu, args)
    place = named(table, args["destination"])[0] if "destination" in args else None
    # A row is not moved before itself, but before the next that stays.
    order = list(table)
    while place in rows:
        follower = order.index(place) + 1
        place = order[follower] if follower < len(order) else None
    table.move(rows, place)


def _set(device: Device, menu: Menu, args: Values) -> None:
    changes = _read_all(device, menu, args)
    for row in _targets(device, menu, args):
        after = {**row.values, **changes}
        _check_unique(device, menu, {n: v for n, v in after.items() if v is not None}, row)
        if changes.get("name"):
            _rename(device, menu, row.get("name"), after["name"] or "")
        device.tables[menu.path].update(row, changes)


def _check_unique(device: Device, menu: Menu, values: Values, row: Row | None) -> None:
    """Names are unique in a menu; an interface's in all, a hotspot user's only on its server."""
    if not device.tables[menu.path].is_indexed("name"):
        return
    menus = INTERFACES if menu.path in INTERFACES else (menu.path,)
    named_so = (device.tables[path].find("name", values["name"]) for path in menus)
    same = [other for found in named_so for other in found if other is not row]
    if menu.path != paths.USER:
        if same:
            raise Trap("failure: already have item with such name")
    elif any(other.get("server") == values.get("server", "") for other in same):
        raise Trap("failure: already have user with this name for this server")


def _rename(device: Device, menu: Menu, before: str, after: str) -> None:
    """Rows elsewhere that name this one go on naming it."""
    for other in MENUS.values():
        for name in [p.name for p in other.properties if p.refers_to == menu.path]:
            table = device.tables[other.path]
            for row in [row for row in table if row.get(name) == before]:
                table.update(row, {name: after})


def _remove(device: Device, menu: Menu, args: Values) -> None:
    rows = _targets(device, menu, args)
    if any(row.get("default") == "true" for row in rows):
        raise Trap("failure: can not remove default item")
    own: dict[str, Callable[[Row], None]] = {
        paths.ACTIVE: device.hotspot.remove_session,
        paths.HOST: device.hotspot.remove_host,
    }
    for row in rows:
        own.get(menu.path, device.tables[menu.path].remove)(row)


def _switch(disabled: str) -> Change:
    def change(device: Device, menu: Menu, args: Values) -> None:
        for row in _targets(device, menu, args):
            device.tables[menu.path].update(row, {"disabled": disabled})

    return change


def _login(device: Device, menu: Menu, args: Values) -> None:
    ip = _canonical("ip", kinds.address, args["ip"]) if "ip" in args else ""
    mac = args.get("mac-address")
    mac = mac and _canonical("mac-address", kinds.mac, mac)
    user, password = args.get("user", ""), args.get("password", "")
    try:
        device.hotspot.log_in(user, password, ip, mac, domain=args.get("domain", ""))
    except Refusal as refusal:
        raise Trap(str(refusal)) from None


CHANGES: dict[str, Change] = {
    "add": _add,
    "set": _set,
    "remove": _remove,
    "move": _move,
    "enable": _switch("false"),
    "disable": _switch("true"),
    "login": _login,
}
