"""Let applications that are told the same addresses share what is made of them; a pytest plugin.

Nearly each test has an application of its own, and more than half of what it took to make one went
into binding three hundred addresses, which are the same in every application.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import RLock
from typing import Any, ClassVar

from flask import Blueprint, Flask
from werkzeug.routing import Map, Rule, RuleFactory

# What a map is asked by, which it makes, or takes over, when it is first asked.
MADE = ("_matcher", "_rules_by_endpoint", "_remap")
# So many kinds of map are remembered: nearly all applications are of one.
KINDS = 8
_register = Blueprint.register
_making = RLock()
_routes: dict[tuple[object, ...], Routes] = {}


@dataclass(eq=False)
class Routes:
    """Hold what a blueprint tells each application: addresses, and views by their names."""

    rules: list[Rule]
    views: dict[str, Any]


class SharedMap(Map):
    """A map of addresses that is, as soon as it is asked, the one that was told the same before."""

    _known: ClassVar[dict[tuple[object, ...], dict[str, Any]]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        self.told: list[tuple[object, list[Rule]]] = []
        super().__init__(*args, **options)
        self._forget()

    def add(self, rulefactory: RuleFactory) -> None:
        """Note the addresses."""
        for rule in rulefactory.get_rules(self):
            self.take(_particulars(rule), [rule])

    def take(self, kind: object, rules: list[Rule]) -> None:
        """Note addresses that are alike wherever `kind` is the same."""
        self.told.append((kind, rules))
        self._forget()

    def _forget(self) -> None:
        for name in MADE:
            self.__dict__.pop(name, None)

    def __getattr__(self, name: str) -> Any:
        if name not in MADE:
            raise AttributeError(name)
        with _making:
            if name not in self.__dict__:
                self._become()
        return self.__dict__[name]

    def _become(self) -> None:
        kinds = (kind for kind, _ in self.told)
        key = (self.host_matching, frozenset(self.converters.items()), *kinds)
        if key not in self._known:
            if len(self._known) >= KINDS:
                self._known.pop(next(iter(self._known)))
            self._known[key] = self._make()
        self.__dict__.update(self._known[key])

    def _make(self) -> dict[str, Any]:
        made = Map(host_matching=self.host_matching, converters=self.converters)
        for _, rules in self.told:
            for rule in rules:
                made.add(_unbound(rule))
        made.update()
        return {name: getattr(made, name) for name in MADE}


def pytest_configure() -> None:
    share_routes()


def share_routes() -> None:
    """Let applications have such a map, and blueprints tell it all of theirs at once."""
    Flask.url_map_class = SharedMap
    Blueprint.register = _register_once  # type: ignore[method-assign,assignment]


def _register_once(blueprint: Blueprint, app: Any, options: dict[str, Any]) -> None:
    """Register, but add addresses one by one only until they are known."""
    # One that was never registered before may be its application's own.
    if not blueprint._got_registered_once or not _only_addresses(blueprint, options):
        _register(blueprint, app, options)
        return
    key = (blueprint, len(blueprint.deferred_functions))
    with _making:
        if key in _routes:
            _register_rest(blueprint, app)
            app.view_functions.update(_routes[key].views)
            app.url_map.take(_routes[key], _routes[key].rules)
        else:
            _register(blueprint, app, options)
            _routes[key] = _learn(blueprint, app)


def _only_addresses(blueprint: Blueprint, options: dict[str, Any]) -> bool:
    plain = not (options or blueprint._blueprints or blueprint.has_static_folder)
    return plain and all(
        deferred.__qualname__ == "Blueprint.add_url_rule.<locals>.<lambda>"
        for deferred in blueprint.deferred_functions
    )


def _register_rest(blueprint: Blueprint, app: Flask) -> None:
    adding, blueprint.deferred_functions = blueprint.deferred_functions, []
    try:
        _register(blueprint, app, {})
    finally:
        blueprint.deferred_functions = adding


def _learn(blueprint: Blueprint, app: Any) -> Routes:
    """Take from an application what the blueprint has just told it."""
    told = app.url_map.told[-len(blueprint.deferred_functions) :]
    rules = [rule for _, added in told for rule in added]
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in rules}
    return Routes(rules, views)


def _unbound(rule: Rule) -> Rule:
    copy = rule.empty()
    # These two werkzeug does not copy as they are.
    copy.defaults = rule.defaults
    copy.__dict__["provide_automatic_options"] = _automatic(rule)
    return copy


def _particulars(rule: Rule) -> object:
    said = {**rule.get_empty_kwargs(), "methods": frozenset(rule.methods or ())}
    said["defaults"] = frozenset((rule.defaults or {}).items())
    return (rule.rule, *said.values(), rule.merge_slashes, rule.websocket, _automatic(rule))


def _automatic(rule: Rule) -> object:
    return getattr(rule, "provide_automatic_options", None)
