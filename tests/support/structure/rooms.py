"""The rooms of the house in their order, and what breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from tests.support.structure.imports import Imports, reaches, within

# Lowest first: a module imports of lower floors alone, and of its own room.
FLOORS = (
    ("core", "payments", "hotspot"),
    ("invoicing",),
    ("models",),
    ("ports",),
    ("alerts",),
    ("access",),
    ("sales",),
    ("vouchers",),
    ("operators", "worker"),
    ("web",),
    ("api", "pages", "panel"),
    ("cli",),
    ("app",),
    ("__init__",),
)
# What opens the ports is known to the application alone; the sandbox, to the demo's command; what
# gunicorn is configured by, to gunicorn.
ASIDE: dict[str, set[str]] = {"providers": {"app"}, "sandbox": {"cli"}, "server": set()}
ALONE = ("payments", "hotspot")
FRAMEWORKS = ("flask", "flask_sqlalchemy", "flask_migrate", "werkzeug", "sqlalchemy", "alembic")
# The most modules that a folder holds.
CROWD = 24


def room_of(module: str) -> str:
    """The room of `portal.<room>.…`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def floor_of(room: str) -> int | None:
    """How high a room lies; None for those aside."""
    return next((floor for floor, rooms in enumerate(FLOORS) if room in rooms), None)


def upward(graph: Imports) -> Iterator[str]:
    """Yield each import that leads upward, or beside."""
    for module, names in graph.items():
        for name in sorted(names):
            if within(name, ["portal"]) and not _may(room_of(module), target(name, graph)):
                yield f"{module} imports {name}"


def target(name: str, graph: Imports) -> str:
    """The room of an imported name; `portal` itself counts as the application."""
    room = room_of(name)
    return room if floor_of(room) is not None or room in ASIDE else "__init__"


def _may(room: str, wanted: str) -> bool:
    if room == wanted or room in ASIDE:
        return True
    if wanted in ASIDE:
        return room in ASIDE[wanted]
    mine, theirs = floor_of(room), floor_of(wanted)
    return mine is not None and theirs is not None and theirs < mine


def not_alone(graph: Imports) -> Iterator[str]:
    """Yield each import of payments or hotspot that keeps it from being published by itself."""
    for module, names in graph.items():
        room = room_of(module)
        if room in ALONE:
            own = f"portal.{room}"
            for name in sorted(names):
                of_ours = reaches(name, ["portal", "config"]) and not within(name, [own])
                if of_ours or within(name, FRAMEWORKS):
                    yield f"{module} imports {name}"


def strangers(graph: Imports) -> Iterator[str]:
    """Yield what is no room: a module that lies loose, or a folder that nobody has placed."""
    for module in graph:
        room = room_of(module)
        if floor_of(room) is None and room not in ASIDE:
            yield module


def crowded(graph: Imports) -> Mapping[str, int]:
    """Count the modules of each folder that holds more than CROWD."""
    folders = Counter(
        module.rpartition(".")[0] for module in graph if not module.endswith("__init__")
    )
    return {folder: count for folder, count in folders.items() if count > CROWD}


def circles(graph: Imports) -> list[list[str]]:
    """Find every import circle among modules, those for type hints included."""
    edges = {_short(module): _ours(module, names, graph) for module, names in graph.items()}
    return [sorted(group) for group in _components(edges) if len(group) > 1]


def _short(module: str) -> str:
    return module.removesuffix(".__init__")


def _ours(module: str, names: set[str], graph: Imports) -> set[str]:
    known = {_short(other) for other in graph}
    found = {_module_in(name, known) for name in names}
    # What a package's own file imports of its package is no circle: it runs first.
    return {name for name in found if name and name != _short(module)}


def _module_in(name: str, known: set[str]) -> str | None:
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None


def _components(edges: Mapping[str, set[str]]) -> list[set[str]]:
    """Split the graph into strongly connected parts (Kosaraju's two walks)."""
    order: list[str] = []
    seen: set[str] = set()
    for start in edges:
        _walk(start, edges, seen, order)
    back: dict[str, set[str]] = {}
    for module, names in edges.items():
        for name in names:
            back.setdefault(name, set()).add(module)
    parts, seen = [], set()
    for start in reversed(order):
        part: list[str] = []
        _walk(start, back, seen, part)
        parts.append(set(part))
    return parts


def _walk(start: str, edges: Mapping[str, set[str]], seen: set[str], order: list[str]) -> None:
    """Append to `order` all that can be reached, each after what it leads to."""
    if start in seen:
        return
    seen.add(start)
    stack = [(start, iter(sorted(edges.get(start, ()))))]
    while stack:
        module, following = stack[-1]
        step = next((name for name in following if name not in seen), None)
        if step is None:
            order.append(module)
            stack.pop()
        else:
            seen.add(step)
            stack.append((step, iter(sorted(edges.get(step, ())))))
