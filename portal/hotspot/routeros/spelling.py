"""Names that stand on a router in another encoding than ours."""

from __future__ import annotations

from collections.abc import Mapping

from portal.hotspot.deadline import Deadline
from portal.hotspot.routeros.channel import Channel, Reply
from portal.hotspot.routeros.commands import Command
from portal.hotspot.routeros.errors import Trap, names_no_profile
from portal.hotspot.routeros.item import ItemId
from portal.hotspot.routeros.text import spellings


def run_spelt(
    channel: Channel,
    command: Command,
    values: Mapping[str, str],
    deadline: Deadline,
    item: ItemId | None = None,
) -> Reply:
    """Run a command whose profile may be stored in UTF-8 or as older Winbox wrote it.

    A router that lacks the profile in one spelling has done nothing, so the next is tried.
    Raises as `Channel.run` does.
    """
    *firsts, last = spellings(values.get("profile", ""))
    for name in firsts:
        try:
            return channel.run(command.order({**values, "profile": name}, item=item), deadline)
        except Trap as trap:
            if not names_no_profile(trap):
                raise
    chosen = {**values, "profile": last} if firsts else values
    return channel.run(command.order(chosen, item=item), deadline)
