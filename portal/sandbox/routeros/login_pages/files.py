"""Keep the router's text files, the hotspot's pages among them."""

from __future__ import annotations

from portal.sandbox.routeros.device import Device
from portal.sandbox.routeros.login_pages.factory import PAGES, page_file
from portal.sandbox.routeros.menus import paths


def put_file(device: Device, name: str, contents: str) -> None:
    """Write a file, in place of one of this name."""
    table = device.tables[paths.FILE]
    folder, _, base = name.rpartition("/")
    values = page_file(folder, base, contents)
    standing = table.first("name", name)
    if standing is None:
        table.add(values)
    else:
        table.update(standing, dict(values))


def reset_pages(device: Device, folder: str) -> None:
    """Give a folder the factory's pages back."""
    for name, text in PAGES.items():
        put_file(device, f"{folder}/{name}", text)


def page(device: Device, server_profile: str, name: str) -> str | None:
    """Give a page as the hotspot of this profile serves it; None where it has none."""
    profile = device.tables[paths.SERVER_PROFILE].first("name", server_profile)
    if profile is None:
        return None
    folder = profile.get("html-directory-override") or profile.get("html-directory")
    file = device.tables[paths.FILE].first("name", f"{folder.strip('/')}/{name}")
    return None if file is None else file.get("contents")
