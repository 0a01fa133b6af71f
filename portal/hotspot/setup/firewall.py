"""Tell whom a router's own firewall lets in, rule by rule.

The first rule that matches decides, and what no rule of `input` means is let in (RouterOS
documentation). A rule that means only some of those who knock opens and closes nothing for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_network

from portal.hotspot.network import FilterRule, Firewall, InterfaceList
from portal.hotspot.setup.patterns import address_matches, is_everywhere, port_matches
from portal.hotspot.setup.walled_garden import Part

_TCP = ("tcp", "6")
_CLOSING = ("drop", "reject", "tarpit")
# What holds of whoever has logged in at a hotspot and speaks to the router itself.
_CUSTOMER = frozenset({"from-client", "auth", "local-dst"})
_MOST_LISTS = 20


@dataclass(frozen=True)
class Visitor:
    """Describe who knocks at the router: over which interface, and from where.

    `source` is an address like theirs, None for anywhere on the Internet. `is_customer`: they
    are logged in at a hotspot.
    """

    interface: str
    source: str | None
    is_customer: bool = False


class _Way(Enum):
    OPEN = "open"
    CLOSED = "closed"
    ON = "on"


def lets_in(firewall: Firewall, visitor: Visitor, port: int) -> bool:
    """Tell whether such a visitor's new connection to this TCP port is let in."""
    return _Walk(firewall, visitor, port).through("input") is not _Way.CLOSED


class _Walk:
    """Follow one new connection through the chains; each chain is walked once."""

    def __init__(self, firewall: Firewall, visitor: Visitor, port: int) -> None:
        self._lists, self._visitor, self._port = firewall.lists, visitor, port
        self._chains: dict[str, list[FilterRule]] = {}
        for rule in firewall.rules:
            self._chains.setdefault(rule.chain, []).append(rule)
        self._known: dict[str, _Way] = {}

    def through(self, chain: str) -> _Way:
        if chain not in self._known:
            # A chain that comes back to itself goes on.
            self._known[chain] = _Way.ON
            self._known[chain] = self._walked(chain)
        return self._known[chain]

    def _walked(self, chain: str) -> _Way:
        for rule in self._chains.get(chain, ()):
            if self._part(rule) is not Part.ALL:
                continue
            if rule.action == "accept":
                return _Way.OPEN
            if rule.action in _CLOSING:
                return _Way.CLOSED
            if rule.action == "return":
                return _Way.ON
            if rule.action == "jump" and (way := self.through(rule.jump_target)) is not _Way.ON:
                return way
        return _Way.ON

    def _part(self, rule: FilterRule) -> Part:
        parts = (self._condition(name, said) for name, said in rule.conditions.items())
        return min(parts, default=Part.ALL)

    def _condition(self, name: str, said: str) -> Part:
        known: Mapping[str, Callable[[str], Part]] = {
            "protocol": _either(lambda value: value in _TCP),
            "dst-port": lambda value: _whole(port_matches(value, self._port)),
            "port": lambda value: _whole(port_matches(value, self._port)),
            "in-interface": self._interface,
            "in-interface-list": _either(self._is_in),
            "src-address": self._source,
            "src-address-list": _all_but_some,
            "dst-address-type": _either(lambda value: value == "local"),
            "connection-state": _either(lambda value: "new" in value.split(",")),
            "hotspot": self._hotspot,
        }
        # What else a rule asks for, only some of them meet.
        return known[name](said) if name in known else Part.SOME

    def _interface(self, said: str) -> Part:
        if said.removeprefix("!").startswith("all-"):
            return Part.SOME
        return _either(lambda value: value == self._visitor.interface)(said)

    def _is_in(self, name: str) -> bool:
        return _lists_in(self._lists, name, self._visitor.interface, 0)

    def _source(self, said: str) -> Part:
        if is_everywhere(said):
            return Part.ALL
        if self._visitor.source is not None:
            return _whole(address_matches(said, self._visitor.source))
        return Part.NONE if _is_private(said) else _all_but_some(said)

    def _hotspot(self, said: str) -> Part:
        mine = _CUSTOMER if self._visitor.is_customer else frozenset()
        words = said.split(",")
        return _whole(all((word.lstrip("!") in mine) is not word.startswith("!") for word in words))


def _either(holds: Callable[[str], bool]) -> Callable[[str], Part]:
    """Read a value that may stand behind a `!`, which means all others."""

    def read(said: str) -> Part:
        return _whole(holds(said.removeprefix("!")) is not said.startswith("!"))

    return read


def _all_but_some(said: str) -> Part:
    return Part.ALL if said.startswith("!") else Part.SOME


def _lists_in(lists: Mapping[str, InterfaceList], name: str, interface: str, depth: int) -> bool:
    if name in ("all", "static", "dynamic") or depth > _MOST_LISTS:
        return name in ("all", "static")
    named = lists.get(name)
    if named is None or any(
        _lists_in(lists, other, interface, depth + 1) for other in named.exclude
    ):
        return False
    return interface in named.members or any(
        _lists_in(lists, other, interface, depth + 1) for other in named.include
    )


def _is_private(said: str) -> bool:
    try:
        return ip_network(said.partition("-")[0], strict=False).is_private
    except ValueError:
        return False


def _whole(holds: bool) -> Part:
    return Part.ALL if holds else Part.NONE
