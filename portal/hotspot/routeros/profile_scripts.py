"""Read off user profiles' own scripts what they do to our users."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from portal.hotspot.inspection import Profile, UserScript

_STATEMENT = re.compile(r"[;\n\r{}]")
_CONDITION = re.compile(r"\[[^\[\]]*\bfind\b[^\[\]]*\]")
_SETS_USER = re.compile(r"(hotspot[ /]+user[ /]+set|^\s*set)\b")
_FIELD = re.compile(
    r"\b(comment|email|mac-address|limit-uptime|limit-bytes-\w+|profile|name|password|disabled)\s*="
)
_SWITCH = re.compile(r"hotspot[ /]+user[ /]+(remove|disable)\b")


def user_scripts(profiles: Iterable[Profile]) -> tuple[UserScript, ...]:
    """Give the scripts of these profiles, with what each writes to the user."""
    return tuple(
        UserScript(profile.name, event, frozenset(_fields(text)))
        for profile in profiles
        for event, text in (("on-login", profile.on_login), ("on-logout", profile.on_logout))
        if text.strip()
    )


def _fields(text: str) -> Iterator[str]:
    if not re.search(r"hotspot[ /]+user", text):
        return
    for statement in _STATEMENT.split(text):
        plain = _CONDITION.sub("", statement)
        if _SETS_USER.search(plain):
            yield from _FIELD.findall(plain)
        yield from _SWITCH.findall(plain)
