"""The hotspot's MAC cookies, by which a device comes back without a code."""

from __future__ import annotations

from portal.hotspot.deadline import Deadline
from portal.hotspot.routeros.channel import Channel
from portal.hotspot.routeros.commands import COOKIE_PRINT, COOKIE_REMOVE
from portal.hotspot.routeros.errors import StaleId, Trap, is_missing, refusal
from portal.hotspot.routeros.item import ItemId

_ROUNDS = 3


def remove_cookies(channel: Channel, user: str, deadline: Deadline) -> None:
    """Take a user's cookies away: its name may be sold again. Those that come back stay."""
    for _ in range(_ROUNDS):
        reply = channel.ask(COOKIE_PRINT.order(where={"user": user}), deadline)
        items = [reply.item(row) for row in reply.rows]
        if not items or _remove(channel, items, deadline):
            return


def _remove(channel: Channel, items: list[ItemId], deadline: Deadline) -> bool:
    try:
        channel.run(COOKIE_REMOVE.order(item=ItemId.several(items)), deadline)
    except StaleId:
        return False
    except Trap as trap:
        if is_missing(trap):
            return False
        raise refusal(trap) from None
    return True
