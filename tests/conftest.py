"""Load the plugins that all tests share."""

pytest_plugins = [
    "tests.support.by_turns",
    # Before those that import it, or pytest would not rewrite its assertions.
    "tests.support.quick_apps",
    "tests.support.quick_passwords",
    "tests.support.fixtures",
    "tests.support.garbage",
    "tests.support.memory",
    "tests.support.notes",
    "tests.support.skips",
    "tests.support.turns",
]
