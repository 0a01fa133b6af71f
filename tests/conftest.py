pytest_plugins = ["tests.support.fixtures", "tests.support.skips", "tests.support.turns"]
