"""Where a user's mark stands besides its comment, and the MAC that a user may be bound to."""

from __future__ import annotations

from portal.hotspot.routeros.intake import Row

NO_MAC = "00:00:00:00:00:00"


def spare_mark(mark: str) -> str:
    """The mark as an e-mail address, which is what that field is for."""
    owner, _, item = mark.rpartition(":")
    return f"{item}@{'.'.join(reversed(owner.split(':')))}"


def mark_in(email: str) -> str:
    """The mark that `spare_mark` made an address of; something else for any other address."""
    item, _, host = email.rpartition("@")
    return f"{':'.join(reversed(host.split('.')))}:{item}" if item else ""


def bound_mac(row: Row) -> str:
    """The only MAC that the user may come from; empty for any."""
    mac = row.get("mac-address", "")
    return "" if mac == NO_MAC else mac
