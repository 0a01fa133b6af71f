"""Name the knobs of the simulated Mercado Pago that its control API has."""

from __future__ import annotations

from portal.sandbox.gateway.control_api import ControlApi, Knob
from portal.sandbox.mercadopago.controls import Controls


def control_api(controls: Controls) -> ControlApi:
    """Give what answers under `/_sandbox/`."""
    order_actions: dict[str, Knob] = {
        "pay": controls.pay,
        "expire": controls.expire,
        "charge_back": controls.charge_back,
        "refund": controls.refund,
        "challenge": controls.challenge,
    }
    return ControlApi(controls, order_actions, {("POST", "subscriptions"): controls.tell})
