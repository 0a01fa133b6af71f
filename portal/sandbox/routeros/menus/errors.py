"""Say no as the router does."""

from __future__ import annotations

from enum import IntEnum


class Category(IntEnum):
    """Name a trap's category (RouterOS documentation)."""

    MISSING = 0
    BAD_VALUE = 1
    INTERRUPTED = 2
    FAILURE = 4
    API = 5


class Trap(Exception):
    """Say that the command failed; the message is the router's."""

    def __init__(self, message: str, category: Category | None = Category.FAILURE) -> None:
        super().__init__(message)
        self.message = message
        self.category = category


class Refusal(Exception):
    """Say that the hotspot does not log the host in; the text is the router's."""
