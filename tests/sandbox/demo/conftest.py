"""Give the tests of a file one browser and one demo, which take longer to start than most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.sandbox.demo.running import demo
from tests.support.browsers.chromium import launched


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a demo of this module says of itself."""
    with demo(tmp_path_factory.mktemp("demo") / "instance", "--json") as running:
        yield running.wait_for_json()
