"""How the router says no."""

from __future__ import annotations

from enum import IntEnum


class Category(IntEnum):
    """A trap's category (RouterOS documentation)."""

    MISSING = 0
    BAD_VALUE = 1
    INTERRUPTED = 2
    FAILURE = 4
    API = 5


class Trap(Exception):
    """The command failed; the message is the router's."""

    def __init__(self, message: str, category: Category | None = Category.FAILURE) -> None:
        super().__init__(message)
        self.message = message
        self.category = category


class Refusal(Exception):
    """The hotspot does not log the host in; the text is the router's."""
