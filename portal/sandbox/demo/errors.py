"""Say why a demo does not start, or stops."""

from __future__ import annotations


class DemoError(Exception):
    """Say in a Spanish sentence, to whoever started the demo, what is wrong with it."""
