"""Describe what a script is made of, as read from its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Variable:
    """Read a variable: `$name`."""

    name: str


@dataclass
class Binary:
    """Two values and what stands between them."""

    operator: str
    left: Any
    right: Any


@dataclass
class Not:
    """Negate: `!` before a value."""

    operand: Any


@dataclass
class Block:
    """Hold statements between braces, or a whole script."""

    statements: list[Any]


@dataclass
class Command:
    """`:name …` or `/menu … verb …`; `menu` is "" for the first and inherited where None."""

    menu: str | None
    verb: str
    positional: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    where: Any = None


@dataclass
class Call:
    """Hold a function in a variable, with named arguments."""

    function: Variable
    named: dict[str, Any]
