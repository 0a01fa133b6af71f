"""Read rows of a router's firewall, interfaces and clock."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone

from portal.hotspot.network import FilterRule, InterfaceList, RouterClock
from portal.hotspot.routeros.values import Row, text, truth

# What a rule has besides the conditions that a packet must meet.
_NO_CONDITIONS = {
    *(".id", "chain", "action", "jump-target", "reject-with", "comment", "about", "bytes"),
    *("packets", "dynamic", "disabled", "invalid", "log", "log-prefix", "address-list"),
    *("address-list-timeout", "hw-offload"),
}
_OFFSET = re.compile(r"([+-]?)(\d\d):(\d\d)")
# Since 7.10, and before: the router's months are English whatever its language.
_DATES = ("%Y-%m-%d", "%b/%d/%Y")
_WORD_OF_SECONDS = 1 << 32


def filter_rules(rows: Iterable[Row]) -> tuple[FilterRule, ...]:
    """Give the rules that are on, in their order."""
    return tuple(
        _filter_rule(row) for row in rows if not (truth(row, "disabled") or truth(row, "invalid"))
    )


def interface_lists(lists: Iterable[Row], members: Iterable[Row]) -> dict[str, InterfaceList]:
    """Give the interface lists by name."""
    named = defaultdict(set)
    for row in members:
        if not truth(row, "disabled"):
            named[row.get("list", "")].add(row.get("interface", ""))
    return {
        name: InterfaceList(frozenset(named[name]), _words(row, "include"), _words(row, "exclude"))
        for row in lists
        for name in [row.get("name", "")]
    }


def wans(rows: Iterable[Row]) -> tuple[str, ...]:
    """Give the interfaces of the active default routes."""
    return tuple(dict.fromkeys(name for row in rows for name in _outgoing(row)))


def router_clock(clock: Row, ntp: Row, asked_at: datetime) -> RouterClock:
    """Give the clock as it stood at this moment of our own."""
    offset = _offset(clock.get("gmt-offset", ""))
    shown = _moment(clock, offset)
    return RouterClock(
        ahead=None if shown is None else (shown - asked_at).total_seconds(),
        offset=offset,
        zone=text(clock, "time-zone-name"),
        has_ntp=truth(ntp, "enabled"),
    )


def _filter_rule(row: Row) -> FilterRule:
    return FilterRule(
        chain=row.get("chain", ""),
        action=row.get("action", "accept"),
        jump_target=row.get("jump-target", ""),
        conditions={name: value for name, value in row.items() if _is_condition(name, value)},
        dynamic=truth(row, "dynamic"),
    )


def _is_condition(name: str, value: str) -> bool:
    return name not in _NO_CONDITIONS and bool(value)


def _outgoing(row: Row) -> Iterator[str]:
    """`192.0.2.1%ether1` in RouterOS 7, `192.0.2.1 reachable via  ether1` before."""
    if not truth(row, "active"):
        return
    told = row.get("immediate-gw") or row.get("gateway-status") or row.get("gateway", "")
    for way in told.split(","):
        name = way.rpartition("%")[2].rpartition(" ")[2]
        if name and not re.fullmatch(r"[0-9.:a-fA-F]+", name):
            yield name


def _words(row: Row, key: str) -> tuple[str, ...]:
    return tuple(word for word in row.get(key, "").replace(";", ",").split(",") if word)


def _moment(clock: Row, offset: int | None) -> datetime | None:
    if offset is None:
        return None
    for form in _DATES:
        try:
            local = datetime.strptime(
                f"{clock.get('date', '').title()} {clock.get('time', '')}", f"{form} %H:%M:%S"
            )
            return local.replace(tzinfo=timezone(timedelta(seconds=offset))).astimezone(UTC)
        except (OverflowError, ValueError):
            continue
    return None


def _offset(told: str) -> int | None:
    """`-06:00`, or seconds, negative ones as 32 bits without a sign."""
    if match := _OFFSET.fullmatch(told):
        seconds = int(match[2]) * 3600 + int(match[3]) * 60
        return _sane(-seconds if match[1] == "-" else seconds)
    if not told.lstrip("-").isdecimal():
        return None
    number = int(told)
    return _sane(number - _WORD_OF_SECONDS if number > _WORD_OF_SECONDS // 2 else number)


def _sane(seconds: int) -> int | None:
    return seconds if abs(seconds) < timedelta(days=1).total_seconds() else None
