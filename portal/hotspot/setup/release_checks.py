"""Check that the router runs a release without known holes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from portal.hotspot.inspection import Inspection
from portal.hotspot.setup import terminal
from portal.hotspot.setup.facts import KitFacts
from portal.hotspot.setup.findings import Finding, State

Release = tuple[int, ...]

# The first release of each line with the security fixes of 2026, oldest line first, as MikroTik's
# changelogs say (https://mikrotik.com/download/changelogs, read in November 2026). A line that is
# not named has none: its fix is the first release of the next line.
SAFE: tuple[Release, ...] = ((6, 49, 22), (7, 23, 4), (7, 24, 2))
_RELEASE = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?(?:beta|rc)?")


def release(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Warn of a release below the security releases."""
    say = partial(Finding, "Versión de RouterOS")
    match = _RELEASE.match(found.info.version)
    if match is None:
        yield say(State.UNKNOWN, "el router no dice cuál tiene")
        return
    running = tuple(int(part or 0) for part in match.groups())
    shown = found.info.version.partition(" ")[0]
    if (needed := needed_for(running)) is None:
        yield say(State.OK, shown)
    else:
        wanted = ".".join(map(str, needed))
        said = f"{shown} tiene fallas de seguridad conocidas: actualice a {wanted} o posterior"
        yield say(State.ADVICE, said, terminal.UPGRADE)


def needed_for(running: Release) -> Release | None:
    """Give the release to go to from this one; None where it has the fixes."""
    of_line = [safe for safe in SAFE if safe[:2] == running[:2]]
    if of_line:
        return of_line[0] if running < of_line[0] else None
    later = [safe for safe in SAFE if safe[0] == running[0] and safe > running]
    if running[0] < SAFE[0][0]:
        return SAFE[0]
    return later[0] if later else None
