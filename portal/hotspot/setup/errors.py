"""Say that a kit cannot be made."""

from __future__ import annotations


class KitError(ValueError):
    """Say that the facts do not make a kit; the text says why, in Spanish."""
