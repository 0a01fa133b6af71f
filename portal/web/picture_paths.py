"""Tell which pictures a customer's page may show: those that we serve ourselves."""

from __future__ import annotations

from portal.ports import settings


def own_path(address: str | None) -> str | None:
    """Give the path of a picture of ours; None for one elsewhere, out of reach behind the hotspot.

    A path, because the phone may have come under another name than PUBLIC_URL's.
    """
    path = (address or "").removeprefix(settings().public_url.rstrip("/"))
    return path if path.startswith("/") and not path.startswith("//") else None
