"""Offer on the command line what whoever runs the server does from its shell."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from portal.core.errors import SettingsError


class CommandsWhenAsked(AppGroup):
    """Load the commands when the first is looked for, which a web process never does."""

    def __init__(self, app: Flask, unusable: SettingsError | None) -> None:
        super().__init__(app.name)
        self._app, self._unusable = app, unusable
        self._are_there = False

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command of this name."""
        self._load()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all of them."""
        self._load()
        return super().list_commands(ctx)

    def _load(self) -> None:
        if not self._are_there:
            # Only here: they bring along what nobody needs who serves pages.
            from portal.cli.all_commands import commands

            self._are_there = True
            for command in commands(self._app, self._unusable):
                self.add_command(command)


def register(app: Flask, unusable: SettingsError | None = None) -> None:
    """Bind to the application. Where its settings are unusable, commands that need them say so."""
    app.cli = CommandsWhenAsked(app, unusable)
