"""Make the application where gunicorn and the flask command look for it."""

import gc
import os
import sys

# To look for garbage all along takes a sixth of a start, and imports leave none.
gc.disable()

import click  # noqa: E402

from config import SettingsError, deployed_settings, unchecked_settings  # noqa: E402
from portal.app import create_app, create_commands  # noqa: E402
from portal.cli.env_option import named_file  # noqa: E402
from portal.core.env_file import VARIABLE  # noqa: E402

# gunicorn starts a worker that fails to boot again and again, but halts on this status.
HALT = 4


def _is_choosing(context: click.Context | None) -> bool:
    """Tell whether `flask` only looks which commands there are: some need no settings."""
    return context is not None and context.parent is None


is_choosing = _is_choosing(click.get_current_context(silent=True))
if is_choosing and (file := named_file(sys.argv)):
    os.environ[VARIABLE] = file
try:
    app = create_app(deployed_settings(making=is_choosing))
except SettingsError as error:
    if not is_choosing:
        print(error, file=sys.stderr)  # noqa: T201 - whoever starts us must read it
        sys.exit(HALT)
    app = create_commands(unchecked_settings(), error)
finally:
    # What stands by now stands for good: no later look needs to go through it.
    gc.freeze()
    gc.enable()
