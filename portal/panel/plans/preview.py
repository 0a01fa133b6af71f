"""Show a plan as customers will see it, while it is still being written."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import ValidationError

from portal.models import Plan
from portal.panel.audience import OWNERS
from portal.panel.blueprint import blueprint
from portal.panel.forms import sent_values
from portal.panel.plans.form import SCHEMA, meant
from portal.panel.rendering import page

KEPT = (
    *("name", "amount", "currency", "description", "details", "featured", "duration_seconds"),
    *("duration_from", "data_limit", "max_devices", "speed", "all_sites"),
)


@blueprint.action("/planes/vista", OWNERS)
def preview_plan() -> Response:
    """Draw the card alone, for the page's script."""
    return page("plans/_preview", plan=written_plan())


def written_plan(image_url: str | None = None) -> Plan:
    """Make of what is right in the form at hand a plan that is kept nowhere."""
    try:
        values = SCHEMA.load(sent_values(SCHEMA))
    except ValidationError as error:
        found = error.valid_data
        values = meant(found) if isinstance(found, dict) else {}
    shown: dict[str, Any] = {"name": "…", "amount": 0, "currency": "MXN", "details": []}
    shown |= {name: values[name] for name in KEPT if name in values}
    return Plan(**shown, image_url=image_url)
