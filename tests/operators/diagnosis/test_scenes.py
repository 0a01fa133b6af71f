"""Test that each state that a customer can be in is found out, live: what only a router says."""

from __future__ import annotations

import pytest

from portal.operators.diagnosis.causes import Cause
from tests.operators.diagnosis.scenes import SCENES, Counter, Scene
from tests.support.fixtures import MakeDatabase


@pytest.fixture(scope="module")
def make_database() -> MakeDatabase:
    """SQLite alone: `test_examination` meets the main ones on both."""
    return lambda: None


@pytest.mark.parametrize(("scene", "cause"), SCENES, ids=[cause for _, cause in SCENES])
def test_a_state_is_found_out(counter: Counter, scene: Scene, cause: Cause) -> None:
    scene(counter)
    assert counter.ask().diagnosis.cause is cause
