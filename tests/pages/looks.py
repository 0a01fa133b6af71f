"""Look at a page as all phones show it: narrow, dark, with text twice as large."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Protocol

from tests.support.browsers import axe

WIDTHS = (320, 390)


class Customer(Protocol):
    """Somebody in front of a page."""

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function with this body returns in the page."""

    def resize(self, width: int) -> None:
        """Let the window be as wide, in pixels."""

    def darken(self, dark: bool) -> None:
        """Want pages dark, or light."""


@cache
def _script() -> str:
    return Path(__file__).with_name("look.js").read_text()


def faults(customer: Customer) -> list[str]:
    """Tell what is wrong with the page in any of its looks; it is left light, and 390 px wide."""
    return misplaced(customer) + unusable(customer)


def misplaced(customer: Customer) -> list[str]:
    """Tell what stands where it should not, in each width and size of text."""
    found = []
    customer.run(axe.LOADED)
    for width in WIDTHS:
        customer.resize(width)
        found += customer.run(_script(), width)
    return found


def unusable(customer: Customer) -> list[str]:
    """Tell what somebody cannot read or reach, in the dark and in the light."""
    customer.darken(True)
    found = [f"dark: {said}" for said in axe.complaints(customer.run)]
    customer.darken(False)
    # Nothing else that it looks at depends on colours.
    return found + [f"light: {said}" for said in axe.complaints(customer.run, "color-contrast")]
