"""Check the router's clock and zone, by which its certificates, scripts and logs go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal.hotspot.inspection import Inspection
from portal.hotspot.network import RouterClock
from portal.hotspot.setup import terminal
from portal.hotspot.setup.facts import KitFacts
from portal.hotspot.setup.findings import Finding, State
from portal.hotspot.setup.time_words import span

# Beyond this a certificate just made may not be valid yet, and logs mislead.
WRONG_SECONDS = 300
SLIGHT_SECONDS = 30


def clock(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Check how far off the clock is, and that NTP keeps it."""
    say = partial(Finding, "Reloj")
    if found.clock is None or found.clock.ahead is None:
        yield say(State.UNKNOWN, "el router no deja leerlo")
        return
    off, mend = round(found.clock.ahead), terminal.enable_ntp(found.info.version)
    if abs(off) > SLIGHT_SECONDS:
        state = State.MISSING if abs(off) > WRONG_SECONDS else State.ADVICE
        way = "adelantado" if off > 0 else "atrasado"
        yield say(state, f"va {span(abs(off))} {way} respecto a este servidor", mend)
    elif not found.clock.has_ntp:
        yield say(State.ADVICE, "en hora, pero sin NTP: se atrasa con cada corte de luz", mend)
    else:
        yield say(State.OK, "en hora, con NTP")


def zone(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Check that the router counts its days as its company does."""
    if found.clock is None or found.clock.offset is None or not facts.time_zone:
        return
    say = partial(Finding, "Zona horaria")
    wanted = _offset(facts.time_zone)
    if wanted is None or wanted == found.clock.offset:
        yield say(State.OK, found.clock.zone)
    elif found.clock.zone == facts.time_zone:
        said = f"{_shown(found.clock)}, y ahí son {_hours(wanted)}: su tabla de zonas es vieja"
        yield say(State.ADVICE, said, terminal.UPGRADE)
    else:
        said = f"{_shown(found.clock)}; la de la empresa es {facts.time_zone} ({_hours(wanted)})"
        yield say(State.ADVICE, said, terminal.set_zone(facts.time_zone))


def _offset(name: str) -> int | None:
    try:
        now = datetime.now(UTC).astimezone(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        return None
    offset = now.utcoffset()
    return None if offset is None else round(offset.total_seconds())


def _shown(found: RouterClock) -> str:
    return f"{found.zone or 'sin zona'} ({_hours(found.offset or 0)})"


def _hours(seconds: int) -> str:
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{rest // 60:02}"
