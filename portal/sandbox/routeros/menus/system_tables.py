"""Declare the menus of the router's own people and files."""

from __future__ import annotations

from portal.sandbox.routeros.menus import kinds, paths
from portal.sandbox.routeros.menus.schema import Menu, Property, shown

_NAME = Property("name", required=True)
_COMMENT = Property("comment", unset="")

PEOPLE = Menu(
    paths.PEOPLE,
    frozenset({"add", "set", "remove", "print"}),
    (
        _NAME,
        Property("group", required=True, refers_to=paths.GROUP),
        Property("address", unset=""),
        Property("password", unset=""),
        _COMMENT,
        Property("disabled", kinds.boolean, default="false"),
    ),
    indexed=("name",),
)

GROUP = Menu(
    paths.GROUP,
    frozenset({"add", "set", "remove", "print"}),
    (_NAME, Property("policy", unset=""), Property("skin", default="default"), _COMMENT),
    indexed=("name",),
)

# What the API writes to files differs by version and nothing of ours does it: `upload` does.
FILE = Menu(
    paths.FILE,
    frozenset({"print"}),
    shown("name", "type", "size", "contents"),
    indexed=("name",),
)
