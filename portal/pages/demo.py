"""Show the demo's start page: the simulated router, who is in its WiFi, a phone that joins it."""

from __future__ import annotations

from dataclasses import dataclass

import requests
from flask import Response

from portal.pages.rendering import page
from portal.pages.visits.login_hosts import origin_of
from portal.web.page_policy import allow

CONTROL_SECONDS = 2.0


@dataclass(frozen=True)
class DemoPhone:
    """Hold a device in the hotspot, and whose it is, if anybody's.

    `url` is its browser, `user` empty while it is not online.
    """

    mac: str
    address: str
    owner: str
    user: str
    url: str


@dataclass(frozen=True)
class Hotspot:
    """Describe the simulated one, where it answers, and its phones, the latest first.

    `up`: Portal reaches the router.
    """

    url: str
    up: bool
    phones: list[DemoPhone]

    @property
    def online(self) -> int:
        """Count the phones that are online."""
        return sum(bool(phone.user) for phone in self.phones)


def demo_page(control_url: str) -> Response:
    """Show the hotspot that is controlled there, as of now."""
    hotspot = ask_hotspot(control_url)
    if hotspot is not None:
        allow("form-action", origin_of(hotspot.url))
    return page("demo", None, hotspot=hotspot)


def ask_hotspot(control_url: str) -> Hotspot | None:
    """Ask for the hotspot as it is now; None when it does not answer."""
    with requests.Session() as session:
        # Proxies of the environment do not lead to this computer.
        session.trust_env = False
        try:
            answer = session.get(f"{control_url}/hotspot", timeout=CONTROL_SECONDS)
            answer.raise_for_status()
        except requests.RequestException:
            return None
        said = answer.json()
    phones = [DemoPhone(**phone) for phone in reversed(said["phones"])]
    return Hotspot(said["url"], said["up"], phones)
