"""The application as gunicorn and the flask command find it."""

import sys

from config import SettingsError, load_settings
from portal import create_app

try:
    app = create_app(load_settings())
except SettingsError as error:
    sys.exit(str(error))
