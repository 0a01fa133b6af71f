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
    if _RELEASE.match(found.info.version) is None:
        yield say(State.UNKNOWN, "el router no dice cuál tiene")
    elif (said := release_advice(found.info.version)) is None:
        yield say(State.OK, _shown(found.info.version))
    else:
        yield say(State.ADVICE, said, terminal.UPGRADE)


def release_advice(version: str) -> str | None:
    """Warn of this version, as the router writes it; None where nothing is known against it."""
    match = _RELEASE.match(version)
    if match is None:
        return None
    needed = needed_for(tuple(int(part or 0) for part in match.groups()))
    if needed is None:
        return None
    wanted = ".".join(map(str, needed))
    return (
        f"{_shown(version)} tiene fallas de seguridad conocidas: actualice a {wanted} o posterior"
    )


def _shown(version: str) -> str:
    return version.partition(" ")[0]


def needed_for(running: Release) -> Release | None:
    """Give the release to go to from this one; None where it has the fixes."""
    of_line = [safe for safe in SAFE if safe[:2] == running[:2]]
    if of_line:
        return of_line[0] if running < of_line[0] else None
    later = [safe for safe in SAFE if safe[0] == running[0] and safe > running]
    if running[0] < SAFE[0][0]:
        return SAFE[0]
    return later[0] if later else None
