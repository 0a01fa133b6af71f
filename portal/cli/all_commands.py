"""List every command, with what each needs to find before it works."""

from __future__ import annotations

from collections.abc import Iterator

import click
from flask import Flask
from flask_migrate.cli import db

from portal.cli.admin import change_email, create_admin, reset_password
from portal.cli.alerts import alerts
from portal.cli.audit import audit
from portal.cli.demo import demo
from portal.cli.deploy import deploy
from portal.cli.doctor import doctor
from portal.cli.env_option import with_env_option
from portal.cli.gateway import gateway
from portal.cli.init import init
from portal.cli.keys import keys
from portal.cli.radius.commands import radius
from portal.cli.refusals import refuse, rewired, tell_of_database
from portal.cli.router import router
from portal.cli.router_add import add, delivery
from portal.cli.router_time import outage, restore
from portal.cli.sales import sales
from portal.cli.settings import settings
from portal.cli.webhooks import webhooks
from portal.cli.wireguard import wireguard
from portal.cli.worker import reconcile, worker
from portal.core.errors import SettingsError
from portal.core.migrations import prepare

# What works where nothing is set up yet.
ALWAYS: tuple[click.Command, ...] = (deploy, doctor, settings)
# What has its own, or reads none.
ALONE: tuple[click.Command, ...] = (demo, init)
NEEDS_SETTINGS: tuple[click.Command, ...] = (
    *(radius, alerts, audit, change_email, create_admin, gateway, keys),
    *(reconcile, reset_password, router, sales, webhooks, wireguard, worker),
)


def commands(app: Flask, unusable: SettingsError | None) -> Iterator[click.Command]:
    """Give them all for this application; those that need settings say where these are unusable."""
    for added in (add, delivery, outage, restore):
        router.add_command(added)
    prepare(app)
    here = app.extensions["settings"]
    change = tell_of_database(here) if unusable is None else refuse(unusable)
    # Those of the migrations make a database, and tell of one that is away themselves.
    migrations = db if unusable is None else rewired(db, change)
    needing = [rewired(command, change) for command in NEEDS_SETTINGS]
    for command in (*ALWAYS, *needing, migrations):
        yield with_env_option(command)
    yield from ALONE
