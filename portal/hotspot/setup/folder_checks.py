"""Check where the hotspot's pages lie, and whose pages lie there too."""

from __future__ import annotations

from collections.abc import Iterator

from portal.hotspot.inspection import Inspection, ServerProfile
from portal.hotspot.routeros.values import readable
from portal.hotspot.setup import terminal
from portal.hotspot.setup.facts import KitFacts
from portal.hotspot.setup.findings import Finding, State
from portal.hotspot.setup.pages import is_login_page
from portal.hotspot.setup.quoting import quote
from portal.hotspot.setup.served import profile_of, served_profiles, unserved

_SHARED = (
    "también {} muestra las páginas de {}, y el kit las reemplaza: dé a cada hotspot su carpeta, "
    "con una copia de las suyas"
)


def override(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Warn that the script writes to html-directory, which an override hides."""
    for profile in served_profiles(facts, found):
        if profile.html_directory_override:
            yield Finding(
                f"Carpeta de páginas ({profile.shown})",
                State.MISSING,
                f"html-directory-override es {readable(profile.html_directory_override)}",
                terminal.set_server_profile(profile.name, "html-directory-override", '""'),
            )


def shared(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Report a folder that two hotspots share: its pages are both hotspots' pages.

    Once they are ours somebody has wanted it so.
    """
    for profile in served_profiles(facts, found):
        names = _others_in(profile, facts, found)
        if names:
            is_wanted = is_login_page(facts, found.pages.get(profile.name))
            yield Finding(
                f"Carpeta compartida ({profile.shown})",
                State.ADVICE if is_wanted else State.MISSING,
                _SHARED.format(", ".join(names), readable(profile.html_directory)),
                _own_folder(profile),
            )


def _own_folder(profile: ServerProfile) -> str:
    folder = quote(f"{profile.html_directory}-portal")
    return terminal.set_server_profile(profile.name, "html-directory", folder)


def _others_in(profile: ServerProfile, facts: KitFacts, found: Inspection) -> list[str]:
    """Give the other hotspots whose pages lie where the script would write."""
    names = []
    for server in unserved(facts, found):
        theirs = profile_of(server, found)
        shown = theirs and (theirs.html_directory_override or theirs.html_directory)
        if shown == profile.html_directory:
            names.append(server.shown)
    return names
