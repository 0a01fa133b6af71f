"""Draw the line above a customer's page: whose phone this is, and the way to the others."""

from __future__ import annotations

from flask import Flask, render_template
from markupsafe import Markup

from portal.pages.demo import ask_hotspot
from portal.pages.visits.visit import Visit
from portal.ports import settings


def register(app: Flask) -> None:
    """Give it to the pages' common template, which shows it where there is one."""
    app.jinja_env.globals["demo_ribbon"] = ribbon


def ribbon(visit: Visit) -> Markup:
    """Show whose phone visits, as the router says just now."""
    hotspot = ask_hotspot(settings().demo_control_url)
    phones = hotspot.phones if hotspot else []
    mine = next((phone for phone in phones if phone.mac == visit.mac), None)
    others = [phone for phone in phones if phone is not mine]
    return Markup(render_template("pages/demo/ribbon.html", mine=mine, others=others))  # noqa: S704
