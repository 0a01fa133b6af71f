"""Act on the demo's gateway and router from outside, through their control ports."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import requests

from portal.core.errors import Unavailable
from portal.ports import provider_named, settings

CONTROL_SECONDS = 5.0
SLOW_SECONDS = 6.0
# Each word is a handle of the router's control port.
ROUTER_HANDLES: Mapping[str, dict[str, Any]] = {"down": {}, "up": {}, "reboot": {"power_cut": True}}
# The charge is made, and nobody hears of it.
LOST_ANSWER = {"action": "cut", "kinds": ["charge"], "executed": True, "times": None}


class Mood(StrEnum):
    """Name how the gateway answers whoever pays by card."""

    NORMAL = "normal"
    DECLINES = "declines"
    THREE_DS = "three_ds"
    SLOW = "slow"
    SILENT = "silent"


class SandboxAway(Unavailable):
    detail = "El simulador no responde. Reinicie la demostración."


def turn_router(word: str) -> None:
    """Switch the router off (`down`) or on (`up`), or cut its power for a moment (`reboot`)."""
    _ask("POST", f"{settings().demo_control_url}/{word}", ROUTER_HANDLES[word])


def gateway_mood() -> Mood | None:
    """Tell how the gateway answers now; None where it does not."""
    try:
        state = _ask("GET", _gateway("state"))
    except SandboxAway:
        return None
    if state["faults"]:
        return Mood.SILENT
    if state["latency"]["authorisation"]:
        return Mood.SLOW
    if state["behaviour"]["decline_every_card"]:
        return Mood.DECLINES
    return Mood.THREE_DS if state["behaviour"]["force_three_ds"] else Mood.NORMAL


def set_gateway_mood(mood: Mood) -> None:
    """Let it answer so from the next payment on."""
    for url in _gateways():
        _turn_gateway(f"{url}/_sandbox", mood)


def pay_order(provider: str, order_id: str) -> None:
    """Let the money of a transfer, or of a shop's till, arrive at the order's gateway."""
    url = provider_named(provider).address
    _ask("POST", f"{url}/_sandbox/orders/{order_id}/pay", {})


def _turn_gateway(control: str, mood: Mood) -> None:
    _ask("DELETE", f"{control}/faults")
    behaviour = {
        "decline_every_card": mood is Mood.DECLINES,
        "force_three_ds": mood is Mood.THREE_DS,
    }
    _ask("PUT", f"{control}/behaviour", behaviour)
    slow = SLOW_SECONDS if mood is Mood.SLOW else 0.0
    _ask("PUT", f"{control}/latency", {"authorisation": slow})
    if mood is Mood.SILENT:
        _ask("POST", f"{control}/faults", LOST_ANSWER)


def _gateways() -> tuple[str, str]:
    return settings().conekta_api_url, settings().mercadopago_api_url


def _gateway(word: str) -> str:
    """All are in the same mood."""
    return f"{_gateways()[0]}/_sandbox/{word}"


def _ask(method: str, url: str, body: Mapping[str, Any] | None = None) -> Any:
    with requests.Session() as session:
        # Proxies of the environment do not lead to this computer.
        session.trust_env = False
        try:
            answer = session.request(method, url, json=body, timeout=CONTROL_SECONDS)
            answer.raise_for_status()
            return answer.json()
        except requests.RequestException:
            raise SandboxAway from None
