"""Do what somebody pastes says: a line that fetches a script and runs it, or a script."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from portal.sandbox.routeros.menus.errors import Trap
from portal.sandbox.routeros.sandbox import RouterSandbox
from portal.sandbox.routeros.terminal.fetching import fetch
from portal.sandbox.routeros.terminal.reader import Unreadable
from portal.sandbox.routeros.terminal.runner import Runner, ScriptError

FETCH = re.compile(r'/tool fetch url="([^"]+)" dst-path=([\w.-]+)')


@dataclass
class Typed:
    """Hold what the terminal said, line by line; `failed`: the last of them is an error."""

    said: list[str] = field(default_factory=list)
    failed: bool = False


def type_line(router: RouterSandbox, line: str) -> Typed:
    """Do what the line says, up to the first command that fails; several lines are one script."""
    shown, files = Typed(), dict[str, str]()
    script = "\n".join(line.strip().splitlines())
    commands = [script] if "\n" in script else line.split(";")
    for command in filter(None, map(str.strip, commands)):
        try:
            shown.said += _do(router, command, files)
        except (ScriptError, Trap, Unreadable, OSError) as error:
            shown.said.append(str(error))
            shown.failed = True
            break
    return shown


def _do(router: RouterSandbox, command: str, files: dict[str, str]) -> list[str]:
    if asked := FETCH.fullmatch(command):
        files[asked[2]] = fetch(asked[1])
        return ["status: finished"]
    verb, _, name = command.rpartition(" ")
    name = name.removeprefix("file-name=")
    if verb == "/import" and name in files:
        return [*_run(router, files[name]), "Script file loaded and executed successfully"]
    if verb == "/file remove" and name in files:
        del files[name]
        return []
    return _run(router, command)


def _run(router: RouterSandbox, script: str) -> list[str]:
    terminal = Runner(router)
    terminal.run(script)
    return terminal.said
