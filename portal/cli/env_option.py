"""Take `--env FILE` after any command: the file that its settings are read from.

`flask` makes the application before it reads what stands behind a command's name, so the word is
looked for among the process' own; click only has to know it.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import click

WORD = "--env"


def named_file(argv: Sequence[str]) -> str | None:
    """Find the file that a command line names, if it does."""
    for place, word in enumerate(argv):
        if word.startswith(f"{WORD}="):
            return word.partition("=")[2]
        if word == WORD and place + 1 < len(argv):
            return argv[place + 1]
    return None


def with_env_option(command: click.Command) -> click.Command:
    """Copy a command, and all below it, so that each knows the option."""
    made = copy.copy(command)
    if isinstance(made, click.Group):
        made.commands = {name: with_env_option(each) for name, each in made.commands.items()}
    elif not any(WORD in param.opts for param in made.params):
        made.params = [*made.params, _option()]
    return made


def _option() -> click.Option:
    return click.Option(
        [WORD],
        metavar="ARCHIVO",
        expose_value=False,
        help="De dónde se leen los ajustes; por omisión, de PORTAL_ENV o /etc/portal.env.",
    )
