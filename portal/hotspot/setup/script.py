"""Write the script that sets a router up, and the one that takes it back."""

from __future__ import annotations

from portal.hotspot.setup import rendering, terminal
from portal.hotspot.setup.dial_in import commands as dial
from portal.hotspot.setup.facts import KitFacts
from portal.hotspot.setup.pages import pages
from portal.hotspot.setup.quoting import Code
from portal.hotspot.setup.radius import lines as radius_lines

# RouterOS versions as `major * 100 + minor`: the first of those read off real routers that has
# the argument, which may not be the first that ever had it.
SINCE = {
    "device_mode": Code(717),
    "file": Code(709),
    "radsec": Code(709),
    "sessions": Code(716),
    "signed_radius": Code(716),
    "wireguard": Code(701),
}


def setup_script(facts: KitFacts) -> str:
    """Write a script for `/import`; run again, it changes nothing. It holds the API's password.

    It writes the pages with `/file set`, which RouterOS 6.49 has too, and what is missing with
    `/file add`, which 7.9 to 7.24 have: no download, so nothing to trust on the way.
    """
    return rendering.script("setup.rsc.j2", **_values(facts), pages=pages(facts))


def undo_script(facts: KitFacts) -> str:
    """Remove what bears the kit's mark and give the hotspot MikroTik's own pages back."""
    return rendering.script("undo.rsc.j2", **_values(facts))


def _values(facts: KitFacts) -> dict[str, object]:
    return {
        "facts": facts,
        "lines": terminal,
        "dial": dial,
        "radius": radius_lines,
        "since": SINCE,
    }
