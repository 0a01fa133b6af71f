"""Give the tests of a file one demo, which takes longer to start than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.demo.running import demo


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What a demo of this module says of itself."""
    with demo(tmp_path_factory.mktemp("demo") / "instance", "--json") as running:
        yield running.wait_for_json()
