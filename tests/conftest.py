pytest_plugins = [
    "tests.support.fixtures",
    "tests.support.notes",
    "tests.support.skips",
    "tests.support.turns",
]
