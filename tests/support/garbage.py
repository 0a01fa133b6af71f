"""Look for garbage among what tests make, not among what stands anyway; a pytest plugin.

Ten thousand collected tests and all imported modules hold some million objects, which the
collector would go through again and again and never find one to free.
"""

from __future__ import annotations

import gc

import pytest

# New objects before a look at the young ones: an application alone makes more than Python's 700.
YOUNG = 20_000


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.enable()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
