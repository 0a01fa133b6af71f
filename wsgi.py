"""Make the application where gunicorn and the flask command look for it."""

import os
import sys

from config import GATEWAY_ADDRESSES, ROOT, SettingsError, load_settings
from portal import create_app
from portal.core import demo_folder

# gunicorn starts a worker that fails to boot again and again, but halts on this status.
HALT = 4

try:
    environ = demo_folder.environment(os.environ, ROOT / "instance", GATEWAY_ADDRESSES)
    app = create_app(load_settings(environ))
except SettingsError as error:
    print(error, file=sys.stderr)  # noqa: T201 - whoever starts us must read it
    sys.exit(HALT)
