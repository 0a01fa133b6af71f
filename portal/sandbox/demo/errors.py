"""Why a demo does not start, or stops."""

from __future__ import annotations


class DemoError(Exception):
    """The message is a sentence in Spanish for whoever started the demo."""
