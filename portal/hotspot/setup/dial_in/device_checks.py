"""Check what the router's device-mode lets it be used for (from RouterOS 7.17 on)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from portal.hotspot.inspection import Inspection
from portal.hotspot.setup.facts import KitFacts
from portal.hotspot.setup.findings import Finding, State
from portal.hotspot.setup.quoting import Code

MEND = Code("/system device-mode update mode=advanced")
CONFIRM = "después de la línea, oprima el botón del router o desconéctelo antes de 5 minutos"
NO = ("no", "false")
# What the kit uses where a router dials in, and does without.
USEFUL = {"fetch": "enviar su llave", "scheduler": "volver a marcar por sí mismo"}


def device_mode(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Check that it permits a hotspot, and what helps a router that dials in."""
    if found.device_mode is None:
        return
    say = partial(Finding, "Modo del equipo (device-mode)")
    mode = found.device_mode.get("mode", "")
    if found.device_mode.get("hotspot") in NO:
        yield say(State.MISSING, f"{mode}: prohíbe el hotspot; {CONFIRM}", MEND)
        return
    lacking = [use for name, use in USEFUL.items() if found.device_mode.get(name) in NO]
    if lacking:
        yield say(State.ADVICE, f"{mode}: no deja {' ni '.join(lacking)}; {CONFIRM}", MEND)
    else:
        yield say(State.OK, mode or "permite lo que hace falta")
