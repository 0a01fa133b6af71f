"""Every command that is ever sent to a router, with all it may carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.hotspot.router import RouterRefused
from portal.hotspot.routeros import messages
from portal.hotspot.routeros.intake import CROWD, FEW, MENU, Bounds, Intake, Wanted
from portal.hotspot.routeros.item import ItemId
from portal.hotspot.routeros.text import is_sendable, readable

_BLANK = "\0"


@dataclass(frozen=True)
class Command:
    """A command: its path, the arguments and query words it may carry, the properties it asks for.

    Paths and names are RouterOS' own and fixed here. What people type only ever becomes the
    value behind `=name=` or `?name=`, in a word whose length is sent before it.
    """

    path: str
    arguments: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    bounds: Bounds = FEW

    @property
    def read_only(self) -> bool:
        """Whether it changes nothing, so that it may be sent again when its reply was lost."""
        return self.path.endswith("/print")

    def order(
        self,
        arguments: Mapping[str, str] | None = None,
        *,
        where: Mapping[str, str] | None = None,
        item: ItemId | None = None,
        bounds: Bounds | None = None,
        wanted: Wanted | None = None,
    ) -> Invocation:
        """This command with values, and what to keep of its reply.

        Without query words all of a menu is asked for. Raises RouterRefused for text that cannot
        be sent.
        """
        words = [self.path]
        if item is not None:
            words.append(f"=.id={item.raw}")
        words += _words("=", self.arguments, arguments or {})
        if self.properties:
            words.append(f"=.proplist={','.join(self.properties)}")
        words += _words("?", self.queries, where or {})
        usual = FEW if where else self.bounds
        return Invocation(self, words, item, bounds or usual, wanted)


@dataclass(frozen=True)
class Invocation:
    """A command ready to be sent. `item`: the id in it, which holds on some connections only."""

    command: Command
    sentence: list[str] = field(repr=False)
    item: ItemId | None = None
    bounds: Bounds = FEW
    wanted: Wanted | None = None

    def intake(self) -> Intake:
        """For one reply to this command."""
        return Intake(self.bounds, self.command.properties, self.wanted)

    def blank(self, text: str) -> str:
        """What people read of what a router says of this command, without any value sent."""
        values = {word.partition("=")[2] for word in (w[1:] for w in self.sentence[1:])}
        for value in sorted(values, key=len, reverse=True):
            text = text.replace(value, _BLANK) if value else text
        return readable(text).replace(_BLANK, "…")


def _words(sign: str, allowed: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
    for name, value in values.items():
        if name not in allowed:
            raise ValueError(f"{name} is not among the command's words")
        if not is_sendable(value):
            raise RouterRefused(messages.BAD_VALUE, executed=False)
    return [f"{sign}{name}={value}" for name, value in values.items()]


_USER = (
    ".id",
    "name",
    "comment",
    "disabled",
    "profile",
    "uptime",
    "bytes-in",
    "bytes-out",
    "limit-uptime",
    "limit-bytes-total",
    "email",
    "mac-address",
)
# What tells whose a user is, and what somebody has made of it.
_OWNERSHIP = (
    ".id",
    "comment",
    "email",
    "mac-address",
    "profile",
    "uptime",
    "bytes-in",
    "bytes-out",
)
_LIMITS = ("profile", "limit-uptime", "limit-bytes-total")

USER_ADD = Command(
    "/ip/hotspot/user/add",
    arguments=("name", "password", "comment", "email", "disabled", *_LIMITS),
)
USER_SET = Command(
    "/ip/hotspot/user/set", arguments=("disabled", "comment", "email", "mac-address", *_LIMITS)
)
USER_REMOVE = Command("/ip/hotspot/user/remove")
USER_PRINT = Command("/ip/hotspot/user/print", queries=("name",), properties=_USER, bounds=CROWD)
USER_FIND = Command("/ip/hotspot/user/print", queries=("name",), properties=_OWNERSHIP)
ACTIVE_PRINT = Command(
    "/ip/hotspot/active/print",
    queries=("user", "mac-address"),
    properties=(".id", "user", "address", "mac-address", "uptime", "bytes-in", "bytes-out"),
    bounds=CROWD,
)
ACTIVE_REMOVE = Command("/ip/hotspot/active/remove")
COOKIE_PRINT = Command("/ip/hotspot/cookie/print", queries=("user",), properties=(".id",))
COOKIE_REMOVE = Command("/ip/hotspot/cookie/remove")
ACTIVE_LOGIN = Command(
    "/ip/hotspot/active/login", arguments=("user", "password", "mac-address", "ip")
)
HOST_PRINT = Command(
    "/ip/hotspot/host/print",
    queries=("mac-address",),
    properties=("mac-address", "address", "authorized", "bypassed", "uptime"),
    bounds=CROWD,
)
PROFILE_PRINT = Command(
    "/ip/hotspot/user/profile/print",
    properties=(
        ".id",
        "name",
        "rate-limit",
        "shared-users",
        "session-timeout",
        "on-login",
        "on-logout",
    ),
    bounds=MENU,
)
RESOURCE_PRINT = Command("/system/resource/print", properties=("version", "board-name", "uptime"))
IDENTITY_PRINT = Command("/system/identity/print", properties=("name",))

COMMANDS = (
    USER_ADD,
    USER_SET,
    USER_REMOVE,
    USER_PRINT,
    USER_FIND,
    ACTIVE_PRINT,
    ACTIVE_REMOVE,
    ACTIVE_LOGIN,
    COOKIE_PRINT,
    COOKIE_REMOVE,
    HOST_PRINT,
    PROFILE_PRINT,
    RESOURCE_PRINT,
    IDENTITY_PRINT,
)
