"""Do the one statement that matters of profiles' on-login and on-logout scripts.

Of RouterOS' language only `:local NAME VALUE` and `/ip hotspot user set … KEY=VALUE` are
understood, each run whatever stands around it; everything else is passed over. That is what
published scripts do to a user: they empty or date its comment and bind it to the first MAC.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping

from portal.sandbox.routeros.menus import kinds
from portal.sandbox.routeros.menus.store import Row, Table

_STATEMENT = re.compile(r"[;\n{}]")
_LOCAL = re.compile(r":local\s+\"?([\w-]+)\"?\s+(.+)")
_SET = re.compile(r"/?\s*ip[ /]+hotspot[ /]+user[ /]+set\b(.*)")
_PAIR = re.compile(r'(comment|mac-address|email|limit-uptime)=("(?:[^"]*)"|\$"[^"]*"|\S+)')
_NAMED = re.compile(r'\$(?:"([^"]+)"|\(([^)]+)\)|([\w-]+))')
_DATE = "[/system clock get date]"
_UNSET = {"comment": "", "mac-address": "00:00:00:00:00:00", "email": "", "limit-uptime": "0s"}


def run(script: str, users: Table, user: Row, variables: Mapping[str, str], now: float) -> None:
    """Carry out what the script sets of this user; what it cannot set it leaves."""
    known = dict(variables)
    date = time.strftime("%Y-%m-%d", time.gmtime(now))
    for statement in _STATEMENT.split(script.replace(_DATE, date)):
        if local := _LOCAL.search(statement):
            known[local[1]] = _value(local[2].strip(), known)
        elif found := _SET.search(statement):
            users.update(user, dict(_changes(found[1], known)))


def _changes(arguments: str, known: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    for name, raw in _PAIR.findall(arguments):
        value = _value(raw, known)
        if name == "mac-address":
            value = kinds.mac(value)
        yield name, None if value == _UNSET[name] else value


def _value(raw: str, known: Mapping[str, str]) -> str:
    if not raw.startswith('$"'):
        raw = raw.strip('"')
    return _NAMED.sub(lambda found: known.get(found[1] or found[2] or found[3], ""), raw)
