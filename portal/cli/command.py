"""Make commands whose help is Spanish throughout and ends with an example.

Every command of ours is made with `command` or `group`, never with Click's own; a command of a
group with the group's `.command(…, example="flask …")`, which makes the same kind.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import ScriptInfo

from config import GATEWAY_ADDRESSES
from portal.cli.usage_errors import said_in_spanish, unwritable_told
from portal.core import demo_folder

HELP = "Muestra esta ayuda y termina."
# What Click writes into an option's line by itself.
WORDS = {"[default: ": "[por omisión: ", "required]": "obligatoria]"}


class _Spanish(click.Command):
    """Write the help in Spanish; `example` holds whole command lines, one a line.

    `anywhere`: it serves in the folder of a demo that does not run, too.
    """

    def __init__(self, *args: Any, example: str, anywhere: bool = False, **attrs: Any) -> None:
        attrs.setdefault("options_metavar", "[OPCIONES]")
        super().__init__(*args, **attrs)
        self.examples = example.splitlines()
        self.anywhere = anywhere

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the command line. Raises UsageProblem."""
        with said_in_spanish():
            return super().make_context(*args, **extra)

    def resolve_command(self, *args: Any) -> Any:
        """Find a group's command. Raises UsageProblem."""
        with said_in_spanish():
            return super().resolve_command(*args)  # type: ignore[misc]

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, unless it would ask a demo that does not answer."""
        if not (self.anywhere or isinstance(self, click.Group)):
            _refuse_silent_demo(ctx)
        with unwritable_told():
            return super().invoke(ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give `--help`, explained in Spanish."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how it is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix="Uso: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the commands of a group."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [option.get_help_record(ctx) for option in options]
        with formatter.section("Opciones"):
            formatter.write_dl([_translated(*record) for record in records if record])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each as it is typed."""
        with formatter.section("Ejemplo" if len(self.examples) == 1 else "Ejemplos"):
            for line in self.examples:
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


class CliCommand(_Spanish):
    """Be a command with an example."""


class CliGroup(_Spanish, click.Group):
    """Be a group of such commands."""

    command_class = CliCommand

    def __init__(self, *args: Any, **attrs: Any) -> None:
        attrs.setdefault("subcommand_metavar", "ORDEN [ARGUMENTOS]…")
        super().__init__(*args, **attrs)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its commands, each with its first sentence."""
        commands = sorted(self.commands.items())
        with formatter.section("Órdenes"):
            formatter.write_dl([(name, one.get_short_help_str(60)) for name, one in commands])


def command(
    name: str, *, example: str, anywhere: bool = False
) -> Callable[[Callable[..., Any]], CliCommand]:
    """Decorate a function as a command; `example` is a line that could be typed, or several."""
    return click.command(name, cls=CliCommand, example=example, anywhere=anywhere)


def group(name: str, *, example: str) -> Callable[[Callable[..., Any]], CliGroup]:
    """Decorate a function as a group of commands."""
    return click.group(name, cls=CliGroup, example=example)


def _translated(option: str, about: str) -> tuple[str, str]:
    for english, spanish in WORDS.items():
        about = about.replace(english, spanish)
    return option, about


def _refuse_silent_demo(ctx: click.Context) -> None:
    """End with a sentence where the settings are those of a demo that does not answer."""
    settings = ctx.ensure_object(ScriptInfo).load_app().extensions["settings"]
    # It may have begun to answer meanwhile, but these settings do not know its addresses.
    leads_nowhere = getattr(settings, GATEWAY_ADDRESSES[0]) == demo_folder.NOBODY
    found = demo_folder.look(Path(settings.instance_path)) if settings.embedded else None
    if leads_nowhere and found is not None:
        raise click.ClickException(found.silence)
