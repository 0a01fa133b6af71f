"""Load the plugins that all tests share."""

pytest_plugins = [
    "tests.support.fixtures",
    "tests.support.memory",
    "tests.support.notes",
    "tests.support.skips",
    "tests.support.turns",
]
