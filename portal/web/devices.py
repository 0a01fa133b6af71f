"""Name a device by what its browser says of itself: `Chrome · Android`, for who knows his own.

What browsers say is not to be believed, and only shown. Each calls itself by the names of those
that it wants to be taken for, so the order counts.
"""

from __future__ import annotations

BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet")),
    *(("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome")),
    *(("Safari", "Safari"), ("curl", "curl"), ("python", "Python"), ("Postman", "Postman")),
)
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("CrOS", "ChromeOS"), ("Macintosh", "Mac"), ("Linux", "Linux")),
)
LONGEST = 40


def device_name(user_agent: str | None) -> str:
    """Name browser and system as far as they are known; else as much as is said, or `—`."""
    if not user_agent:
        return "—"
    names = [_first(user_agent, known) for known in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, names)) or user_agent[:LONGEST]


def _first(user_agent: str, known: tuple[tuple[str, str], ...]) -> str | None:
    said = user_agent.lower()
    return next((name for part, name in known if part.lower() in said), None)
