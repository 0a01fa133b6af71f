"""Run coroutines where a browser's event loop may stand still in the main thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_in_a_thread(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Give what it returns, in an event loop of its own; raises what it raises."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
