"""Show why somebody has no Internet, and do what mends it."""

from portal.panel.why import mending, pages

__all__ = ["mending", "pages"]
