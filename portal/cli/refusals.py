"""End commands that cannot do their work with a sentence instead of a traceback."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from config import Settings, no_database
from portal.core.database import named, reason
from portal.core.errors import SettingsError

Callback = Callable[..., Any]
BEHIND = "A la base de datos {} le faltan migraciones: ejecute flask db upgrade."
AWAY = (
    "La base de datos {} no responde: revise DATABASE_URL, y que ese servidor esté en marcha. "
    "Dice: {}"
)
BUSY = (
    "En la base de datos {} otros no sueltan las tablas que hay que cambiar: detenga los procesos "
    "web y worker y ejecute otra vez flask db upgrade, que sigue donde quedó."
)
NO_TABLE = ("no such table", "no such column")


class NoSettings(click.ClickException):
    """Say what is wrong with the settings, as a process that does not start says it."""

    exit_code = 4


def rewired(command: click.Command, change: Callable[[Callback], Callback]) -> click.Command:
    """Copy a command with its callback changed, or a group with those of all below it.

    A group's own would be called before a command below it has shown its help.
    """
    made = copy.copy(command)
    if isinstance(made, click.Group):
        made.commands = {name: rewired(each, change) for name, each in made.commands.items()}
    elif made.callback is not None:
        made.callback = change(made.callback)
    return made


def refuse(unusable: SettingsError) -> Callable[[Callback], Callback]:
    """Make commands that do nothing but say what is wrong with the settings."""

    def change(callback: Callback) -> Callback:
        @wraps(callback)
        def refused(*_args: Any, **_kwargs: Any) -> None:
            raise NoSettings(str(unusable))

        return refused

    return change


def tell_of_database(here: Settings) -> Callable[[Callback], Callback]:
    """Make commands that name a database that is away or behind, instead of a traceback."""

    def change(callback: Callback) -> Callback:
        @wraps(callback)
        def told(*args: Any, **kwargs: Any) -> Any:
            if missing := no_database(here):
                raise NoSettings(str(missing))
            try:
                return callback(*args, **kwargs)
            except (OperationalError, ProgrammingError) as error:
                sentence = (BEHIND if _is_behind(error) else AWAY).format(
                    named(here.database_url), reason(error)
                )
                raise click.ClickException(sentence) from None

        return told

    return change


def _is_behind(error: OperationalError | ProgrammingError) -> bool:
    said = str(error.orig)
    return isinstance(error, ProgrammingError) or any(word in said for word in NO_TABLE)
