"""Whose a hotspot user is: by name, two marks and what our record knows of it.

Operators run on-login scripts that empty or date a user's comment, so the comment alone proves
nothing. The second mark stands in the e-mail, which such scripts leave alone. A password would
be the best proof, but reading it needs the policy `sensitive`, which we do not ask for. Where
both marks are gone, counters that go on from where our record last saw them do: a user made
anew by somebody else counts from zero.
"""

from __future__ import annotations

from portal.hotspot import replies
from portal.hotspot.connection import Row
from portal.hotspot.router import Known
from portal.hotspot.user_marks import NO_MAC, bound_mac, mark_in, spare_mark


def is_ours(row: Row, mark: str, known: Known | None) -> bool:
    """Whether the user in this row is the one that was made with this mark."""
    if mark in (row.get("comment"), mark_in(row.get("email", ""))):
        return True
    return known is not None and not _is_marked(row, mark) and _goes_on(row, known)


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


def _is_marked(row: Row, mark: str) -> bool:
    """Whether it carries a mark like ours: another deployment's, or of another access."""
    begin = mark.partition(":")[0] + ":"
    marks = (row.get("comment", ""), mark_in(row.get("email", "")))
    return any(found.startswith(begin) for found in marks)


def _goes_on(row: Row, known: Known) -> bool:
    user = replies.hotspot_user(row, "")
    return (
        known.uptime > 0
        and user.profile == known.profile
        and user.uptime >= known.uptime
        and user.bytes_in + user.bytes_out >= known.traffic
    )
