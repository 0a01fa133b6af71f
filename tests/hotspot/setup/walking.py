"""Find what a script asks of a router of some version, without asking it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from portal.sandbox.routeros.terminal.reader import Binary, Command, Variable, read


def commands(
    tree: Any, version: int, menu: str = "", *, runs: bool = True
) -> Iterator[tuple[str, Command]]:
    """Every command on a menu that a router of this version has to understand, with its path.

    Versions are `major * 100 + minor`. A router reads the whole script before it runs it, so a
    condition on the version excuses nothing but the strings that are parsed behind it.
    """
    if isinstance(tree, Command):
        yield from _command(tree, version, menu, runs=runs)
        return
    parts: list[Any] = []
    if is_dataclass(tree) and not isinstance(tree, type):
        parts = [getattr(tree, part.name) for part in fields(tree)]
    elif isinstance(tree, list | dict):
        parts = tree if isinstance(tree, list) else list(tree.values())
    for part in parts:
        yield from commands(part, version, menu, runs=runs)


def _command(
    command: Command, version: int, menu: str, *, runs: bool
) -> Iterator[tuple[str, Command]]:
    if command.verb == "parse" and command.menu == "":
        if runs:
            yield from commands(read(command.positional[0]), version)
        return
    here = menu if command.menu is None else command.menu or menu
    if command.menu != "":
        yield f"{here}/{command.verb}", command
    yield from commands([command.positional, command.where], version, here, runs=runs)
    is_met = runs and (command.verb != "if" or version >= _least(command.positional[0]))
    for name, value in command.named.items():
        yield from commands(value, version, here, runs=is_met if name == "do" else runs)


def _least(condition: Any) -> int:
    """From which version on a condition may hold."""
    match condition:
        case Binary(">=", Variable("version"), least):
            return int(least)
        case _:
            return 0
