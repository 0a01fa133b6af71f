"""Tell whether a pattern of a walled garden's row takes in a host, without trusting it.

The pattern is the router's: it is matched step by step, never by a regular expression of which
a hostile one could make a search without end.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

_ANY, _ONE = object(), object()
_STEP = re.compile(r"\\(?P<escaped>[.\-/])|(?P<any>\.\*)|(?P<one>\.)|(?P<plain>[A-Za-z0-9_/-])")


def host_matches(pattern: str, host: str) -> bool | None:
    """Tell whether the pattern of a `dst-host` means the host. None: it cannot be told.

    `*` is any text and `?` any character; what begins with a colon is a regular expression.
    """
    text = pattern.lower()
    steps = _expression_steps(text[1:]) if text.startswith(":") else _glob_steps(text)
    return None if steps is None else _matches(steps, host.lower())


def port_matches(listed: str, port: int) -> bool:
    """Tell whether `80`, `80,443`, `1000-2000` or, after a `!`, all others take the port in."""
    if listed.startswith("!"):
        return not port_matches(listed[1:], port)
    for part in listed.split(","):
        first, _, last = part.partition("-")
        last = last or first
        if first.isdecimal() and last.isdecimal() and int(first) <= port <= int(last):
            return True
    return False


def address_matches(listed: str, host: str) -> bool:
    """Tell whether an address, a network or a range takes in a host that is an IPv4 address."""
    if listed.startswith("!"):
        return not address_matches(listed[1:], host)
    first, _, last = listed.partition("-")
    try:
        address = IPv4Address(host)
        if last:
            return IPv4Address(first) <= address <= IPv4Address(last)
        return address in IPv4Network(first, strict=False)
    except (AddressValueError, NetmaskValueError, ValueError):
        return False


def is_everywhere(listed: str) -> bool:
    """Tell whether a list of addresses leaves none out."""
    return listed in ("", "0.0.0.0/0", "0.0.0.0-255.255.255.255")


def _glob_steps(text: str) -> list[object]:
    return [{"*": _ANY, "?": _ONE}.get(char, char) for char in text]


def _expression_steps(text: str) -> list[object] | None:
    """Give the steps of a regular expression without groups, choices or counts; None of others."""
    is_bound, is_closed = text.startswith("^"), text.endswith("$")
    text = text.removeprefix("^").removesuffix("$")
    steps: list[object] = [] if is_bound else [_ANY]
    at = 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            return None
        kinds = {"any": _ANY, "one": _ONE}
        steps.append(kinds.get(step.lastgroup or "", step[0][-1]))
        at = step.end()
    return steps if is_closed else [*steps, _ANY]


def _matches(steps: list[object], text: str) -> bool:
    """Only the latest `*` is ever tried anew, so that time grows with the lengths' product."""
    at = step = 0
    starred, tried = -1, 0
    while at < len(text):
        if step < len(steps) and steps[step] is _ANY:
            starred, tried = step, at
            step += 1
        elif step < len(steps) and (steps[step] is _ONE or steps[step] == text[at]):
            at, step = at + 1, step + 1
        elif starred >= 0:
            tried += 1
            at, step = tried, starred + 1
        else:
            return False
    return all(left is _ANY for left in steps[step:])
