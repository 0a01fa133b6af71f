"""Offer on the command line what whoever runs the server does from its shell."""

from __future__ import annotations

from flask import Flask

from portal.cli.admin import create_admin
from portal.cli.alerts import alerts
from portal.cli.demo import demo
from portal.cli.deploy import deploy
from portal.cli.keys import keys
from portal.cli.router import router
from portal.cli.router_time import outage, restore
from portal.cli.sales import sales
from portal.cli.settings import settings
from portal.cli.webhooks import webhooks
from portal.cli.worker import reconcile, worker


def register(app: Flask) -> None:
    """Bind to the application."""
    commands = (
        *(alerts, create_admin, demo, deploy, keys),
        *(reconcile, router, sales, settings, webhooks, worker),
    )
    for command in commands:
        app.cli.add_command(command)
    for command in (outage, restore):
        router.add_command(command)
