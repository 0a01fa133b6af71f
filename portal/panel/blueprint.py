"""Hold the blueprints that the panel's pages stand on: each page says who may enter it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint

from portal.panel.audience import Audience

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class ViewRule:
    """Say who may enter a view; None: anybody. `fresh`: who gave the password just now.

    `largest` is how many bytes may be posted; None is what any request may bring.
    """

    audience: Audience | None
    fresh: bool = False
    largest: int | None = None


class PanelBlueprint(Blueprint):
    """Keep who may enter beside each view, so that what says nothing is closed."""

    def __init__(self, name: str, rules: dict[str, ViewRule]) -> None:
        super().__init__(name, __name__, url_prefix="/panel")
        self.rules = rules

    def page(self, path: str, audience: Audience, *, fresh: bool = False) -> Callable[[View], View]:
        """Show a page to this audience."""
        return self._declare(path, "GET", ViewRule(audience, fresh))

    def action(
        self, path: str, audience: Audience, *, fresh: bool = False, largest: int | None = None
    ) -> Callable[[View], View]:
        """Do what a form of ours asks for; `fresh` needs the form's page to have the same path."""
        return self._declare(path, "POST", ViewRule(audience, fresh, largest))

    def open_page(self, path: str) -> Callable[[View], View]:
        """Show a page to anybody; what lies here is on the list of the policy test."""
        return self._declare(path, "GET", ViewRule(None))

    def open_action(self, path: str) -> Callable[[View], View]:
        """Do what a form of an open page asks for."""
        return self._declare(path, "POST", ViewRule(None))

    def _declare(self, path: str, method: str, rule: ViewRule) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            self.rules[f"{self.name}.{view.__name__}"] = rule
            return self.route(path, methods=[method])(view)

        return decorate


RULES: dict[str, ViewRule] = {}
blueprint = PanelBlueprint("panel", RULES)
# Where people log in: what is posted here is counted by address.
door = PanelBlueprint("panel_door", RULES)
