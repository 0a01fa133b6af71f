"""Describe a menu: commands, arguments, properties, and the versions that have them."""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.routeros.menus import kinds
from portal.sandbox.routeros.menus.kinds import Kind
from portal.sandbox.routeros.menus.versions import Version

PRINT_FLAGS = frozenset(
    {"brief", "count-only", "detail", "from", "show-ids", "terse", "without-paging"}
)


@dataclass(frozen=True)
class Property:
    """Hold what a row has under a name.

    `default` is what a new row gets; `unset` is the value that means absent, which is then not
    printed; `refers_to` is the menu whose row names are allowed (besides `unset`). Versions from
    `since` on have it, up to the one before `until`.
    """

    name: str
    kind: Kind = kinds.text
    default: str | None = None
    unset: str | None = None
    required: bool = False
    refers_to: str | None = None
    read_only: bool = False
    since: Version = ()
    until: Version | None = None


@dataclass(frozen=True)
class Menu:
    """Hold one menu. `single` menus have one row and no ids.

    `ordered`: the rows' order counts, so that they can be moved. `brief`: they can be printed in
    brief. `login` are the arguments of the
    command of that name; `set_until` is the first version that has no `set` any more, `since` the
    first that has the menu.
    """

    path: str
    commands: frozenset[str]
    properties: tuple[Property, ...]
    indexed: tuple[str, ...] = ()
    single: bool = False
    ordered: bool = False
    brief: bool = True
    login: frozenset[str] = frozenset()
    set_until: Version | None = None
    since: Version = ()

    def has(self, command: str, version: Version) -> bool:
        """Tell whether this version knows the command."""
        gone = command == "set" and self.set_until is not None and version >= self.set_until
        return command in self.commands and version >= self.since and not gone

    def shown(self, version: Version) -> tuple[Property, ...]:
        """Give the properties that this version prints."""
        return tuple(
            p
            for p in self.properties
            if version >= p.since and (p.until is None or version < p.until)
        )

    def writable(self, version: Version) -> dict[str, Property]:
        """Give the properties that `add` and `set` take."""
        return {p.name: p for p in self.shown(version) if not p.read_only}

    def arguments(self, command: str, version: Version) -> frozenset[str]:
        """Give the arguments that a command takes, without the API's own that begin with a dot."""
        if command == "print":
            flags = PRINT_FLAGS if self.brief else PRINT_FLAGS - {"brief"}
            return frozenset() if self.single else flags
        if command in ("add", "set"):
            places = {"place-before"} if self.ordered and command == "add" else set()
            return frozenset(self.writable(version)) | places
        if command == "move":
            return frozenset({"destination"})
        return self.login if command == "login" else frozenset()

    def own_arguments(self, command: str) -> frozenset[str]:
        """Give the arguments that only the API has: `.proplist`, or `.id` for a row."""
        if command == "print":
            return frozenset({".proplist"})
        names_no_row = self.single or command in ("add", "login")
        return frozenset() if names_no_row else frozenset({".id"})


def shown(*names: str) -> tuple[Property, ...]:
    """Declare properties that can only be read."""
    return tuple(Property(name, read_only=True) for name in names)


def texts(*names: str) -> tuple[Property, ...]:
    """Declare properties of any text, absent when empty."""
    return tuple(Property(name, unset="") for name in names)
