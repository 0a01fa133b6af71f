"""Load the plugins that all tests share."""

import os
import sys

# Hundreds of processes are begun, of which each would compile the same modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

pytest_plugins = [
    "tests.support.browsers.fixtures",
    "tests.support.by_turns",
    # Before those that import it, or pytest would not rewrite its assertions.
    "tests.support.quick_apps",
    "tests.support.quick_passwords",
    "tests.support.quick_routes",
    "tests.support.fixtures",
    "tests.support.first_imports",
    "tests.support.garbage",
    "tests.support.memory",
    "tests.support.notes",
    "tests.support.skips",
    "tests.support.workers",
]
