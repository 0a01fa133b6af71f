"""How this deployment marks what it owns on routers and at gateways."""

from __future__ import annotations

from flask import current_app

from portal.core.database import reading
from portal.models import Deployment


def deployment_name() -> str:
    """This deployment's name, read once a process."""
    name: str | None = current_app.extensions.get("deployment_name")
    if name is None:
        with reading() as session:
            name = session.get_one(Deployment, 1).name
        current_app.extensions["deployment_name"] = name
    return name


def mark_prefix() -> str:
    """What the comment of every hotspot user of this deployment begins with."""
    return f"portal:{deployment_name()}:"


def mark_of(access_id: str) -> str:
    """The comment of one access' hotspot user."""
    return mark_prefix() + access_id


def owner_of(company_id: str) -> str:
    """Whose an order at a gateway is: this deployment's and the company's."""
    return f"{deployment_name()}:{company_id}"
