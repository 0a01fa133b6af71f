"""Offer on the command line what whoever runs the server does from its shell."""

from __future__ import annotations

import click
from flask import Flask
from flask_migrate.cli import db

from portal.cli.admin import create_admin
from portal.cli.alerts import alerts
from portal.cli.demo import demo
from portal.cli.deploy import deploy
from portal.cli.doctor import doctor
from portal.cli.init import init
from portal.cli.keys import keys
from portal.cli.refusals import refuse, rewired, tell_of_database
from portal.cli.router import router
from portal.cli.router_time import outage, restore
from portal.cli.sales import sales
from portal.cli.settings import settings
from portal.cli.webhooks import webhooks
from portal.cli.worker import reconcile, worker
from portal.core.errors import SettingsError

# What works where nothing is set up yet.
ALWAYS = (demo, deploy, doctor, init, settings)


def register(app: Flask, unusable: SettingsError | None = None) -> None:
    """Bind to the application. Where its settings are unusable, commands that need them say so."""
    for command in (outage, restore):
        router.add_command(command)
    for command in ALWAYS:
        app.cli.add_command(command)
    commands: tuple[click.Command, ...] = (
        *(alerts, create_admin, keys),
        *(reconcile, router, sales, webhooks, worker),
    )
    if unusable is not None:
        commands += (db,)
    here = app.extensions["settings"]
    change = tell_of_database(here) if unusable is None else refuse(unusable)
    for command in commands:
        app.cli.add_command(rewired(command, change))
