"""Show who is online, end sessions, give time and data away."""

from portal.panel.online import gifts, pages

__all__ = ["gifts", "pages"]
