"""What makes a hotspot user ours again after somebody has changed it.

Operators run on-login scripts that empty or date a user's comment, so the comment alone proves
nothing: a second mark stands in the e-mail, which such scripts leave alone.
"""

from __future__ import annotations

from portal.hotspot.router import Known
from portal.hotspot.routeros.intake import Row
from portal.hotspot.routeros.user_marks import NO_MAC, bound_mac, mark_in, spare_mark


def changes_to_mend(row: Row, mark: str, known: Known | None) -> dict[str, str]:
    """What gives the user back its marks, and frees it of a MAC that was not bound by us."""
    values = {}
    if row.get("comment") != mark:
        values["comment"] = mark
    if mark_in(row.get("email", "")) != mark:
        values["email"] = spare_mark(mark)
    if known is not None and known.has_several_devices and bound_mac(row):
        values["mac-address"] = NO_MAC
    return values
