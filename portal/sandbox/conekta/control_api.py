"""Name the knobs that the control API of the simulated Conekta has besides every gateway's."""

from __future__ import annotations

from dataclasses import asdict

from portal.sandbox.conekta.controls import Controls
from portal.sandbox.conekta.server.errors import ApiError, Json
from portal.sandbox.gateway.control_api import ControlApi, Knob


def control_api(controls: Controls) -> ControlApi:
    """Give what answers under `/_sandbox/`."""

    def mint(number: str = "4242424242424242", key: str = "key_sandbox") -> Json:
        try:
            return {"id": controls.mint(number, key)}
        except ApiError as refusal:
            raise ValueError(str(refusal)) from refusal

    actions: dict[tuple[str, str], Knob] = {
        ("GET", "events"): controls.events,
        ("PUT", "deliveries"): controls.deliver,
        ("POST", "keys"): controls.turn_keys,
        ("POST", "tokens"): mint,
    }
    return ControlApi(
        controls,
        actions,
        state=lambda: {"deliveries": asdict(controls.deliverer.manners)},
    )
