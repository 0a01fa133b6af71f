"""Read who imports whom from the source without running it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

Imports = dict[str, set[str]]


def import_graph(package: Path) -> Imports:
    """Each module below the folder `package`, with the dotted names that it imports.

    `from a.b import c` counts as `a.b.c`, which may be a module or a name in one; a star is kept
    as `*`. Relative imports are made absolute.
    """
    return {
        module_name(file, package.parent): set(imported(file, package.parent))
        for file in sorted(package.rglob("*.py"))
    }


def module_name(file: Path, root: Path) -> str:
    """Its dotted path, `package.__init__` for a package's own file."""
    return ".".join(file.relative_to(root).with_suffix("").parts)


def imported(file: Path, root: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(), str(file))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(node, file.relative_to(root).parts[:-1])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def absolute(node: ast.ImportFrom, package: tuple[str, ...]) -> str:
    if node.level == 0:
        return node.module or ""
    above = package[: len(package) - node.level + 1]
    return ".".join((*above, *([node.module] if node.module else [])))


def within(name: str, packages: Collection[str]) -> bool:
    """Whether `name` is one of the packages or lies in one."""
    return any(name == package or name.startswith(package + ".") for package in packages)


def reaches(name: str, packages: Collection[str]) -> bool:
    """Whether importing `name` gives access to one of the packages.

    Importing `flask`, or all of its names, gives access to `flask.request`.
    """
    whole = name.removesuffix(".*")
    return within(name, packages) or any(within(package, [whole]) for package in packages)
