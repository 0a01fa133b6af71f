"""Say in Spanish what is wrong with a command line, which Click and the system say in English."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import IO, Any

import click

UNWRITABLE = (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError)


class UsageProblem(click.UsageError):
    """Say what is wrong, how the command is called, and where its help is."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write it to stderr, or to `file`."""
        if self.ctx is not None:
            click.echo(self.ctx.get_usage(), file=file, err=file is None)
            click.echo(f"Ayuda: {self.ctx.command_path} --help\n", file=file, err=file is None)
        click.echo(f"Error: {self.format_message()}", file=file, err=file is None)


@contextmanager
def said_in_spanish() -> Iterator[None]:
    """Raise what Click finds wrong in a command line as a UsageProblem."""
    try:
        yield
    except (UsageProblem, click.exceptions.NoArgsIsHelpError):
        raise
    except click.UsageError as error:
        raise UsageProblem(_sentence(error), error.ctx) from None


@contextmanager
def unwritable_told() -> Iterator[None]:
    """End a command with a sentence where it was told to write to a place that it cannot."""
    try:
        yield
    except UNWRITABLE as error:
        if not isinstance(error.filename, str | PathLike):
            raise
        sentence = (
            f"No se puede escribir en {error.filename} ({error.strerror}): "
            "diga un lugar donde este usuario pueda."
        )
        raise click.ClickException(sentence) from None


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        close = ", ".join(error.possibilities or ())
        return f"No existe la opción {error.option_name}." + (f" ¿Quiso {close}?" if close else "")
    if isinstance(error, click.MissingParameter):
        return f"Falta {_name(error)}."
    if isinstance(error, click.BadParameter):
        return f"El valor de {_name(error)} no sirve: {error.message}"
    if isinstance(error, click.BadOptionUsage):
        return f"La opción {error.option_name} se usa de otra manera: vea la ayuda."
    return "No se entiende la orden: vea la ayuda."


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return "un argumento"
    return str(error.param.get_error_hint(error.ctx) if error.ctx else error.param.name)
