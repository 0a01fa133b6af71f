"""Hold a request's parameters to rules, and give the complaints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from portal.sandbox.conekta.server.errors import Detail, Text

MAX_METADATA = 100
MAX_METADATA_TEXT = 249


class Rule(Protocol):
    """Describe what one parameter may be; `path` names it, as in `line_items[0].name`."""

    def complaints(self, value: object, path: str) -> Iterator[Detail]:
        """Give everything that is wrong with the value; nothing where it is right."""


@dataclass(frozen=True)
class String:
    """Hold a string of `shortest` to `longest` characters, one of `choices` where there are any."""

    shortest: int = 0
    longest: int | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None

    def complaints(self, value: object, path: str) -> Iterator[Detail]:
        if not isinstance(value, str):
            yield complaint(path, "type", "debe ser un texto", "must be a string")
        elif len(value) < self.shortest:
            yield complaint(path, "minimum", "es demasiado corto", "is too short")
        elif self.longest is not None and len(value) > self.longest:
            yield complaint(path, "maximum", "es demasiado largo", "is too long")
        elif self.choices and value not in self.choices:
            yield complaint(path, "inclusion", "no es uno de los permitidos", "is not allowed")
        elif self.pattern and not re.search(self.pattern, value):
            yield complaint(path, "format", "no tiene un formato válido", "has no valid format")


@dataclass(frozen=True)
class Integer:
    """Hold a JSON integer of at least `minimum`; 1.5, "5" and true are none."""

    minimum: int | None = None

    def complaints(self, value: object, path: str) -> Iterator[Detail]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield complaint(path, "type", "debe ser un número entero", "must be an integer")
        elif self.minimum is not None and value < self.minimum:
            yield complaint(path, "minimum", "es demasiado pequeño", "is too small")


@dataclass(frozen=True)
class Boolean:
    """true or false."""

    def complaints(self, value: object, path: str) -> Iterator[Detail]:
        if not isinstance(value, bool):
            yield complaint(path, "type", "debe ser verdadero o falso", "must be a boolean")


@dataclass(frozen=True)
class Nullable:
    """null, or what the other rule says."""

    rule: Rule

    def complaints(self, value: object, path: str) -> Iterator[Detail]:
        if value is not None:
            yield from self.rule.complaints(value, path)


@dataclass(frozen=True)
class Array:
    """Hold a list of at least `shortest` things that all follow one rule."""

    of: Rule
    shortest: int = 0

    def complaints(self, value: object, path: str) -> Iterator[Detail]:
        if not isinstance(value, list):
            yield complaint(path, "type", "debe ser una lista", "must be an array")
            return
        if len(value) < self.shortest:
            yield complaint(path, "missing", "no puede estar vacío", "must not be empty")
        for position, item in enumerate(value):
            yield from self.of.complaints(item, f"{path}[{position}]")


@dataclass(frozen=True)
class Metadata:
    """At most 100 keys; scalars only unless `nested`, and strings of at most 249 characters."""

    nested: bool = False

    def complaints(self, value: object, path: str) -> Iterator[Detail]:
        if not isinstance(value, dict):
            yield complaint(path, "type", "debe ser un objeto", "must be an object")
            return
        if len(value) > MAX_METADATA:
            yield complaint(path, "maximum", "tiene demasiadas llaves", "has too many keys")
        if not self.nested:
            for key, item in value.items():
                yield from self._scalar(item, f"{path}.{key}")

    def _scalar(self, value: object, path: str) -> Iterator[Detail]:
        if value is None or isinstance(value, (dict, list)):
            yield complaint(path, "type", "debe ser un valor simple", "must be a scalar")
        elif isinstance(value, str) and len(value) > MAX_METADATA_TEXT:
            yield complaint(path, "maximum", "es demasiado largo", "is too long")


@dataclass(frozen=True)
class Object:
    """Hold an object with these parameters and no others."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = field(default=())

    def complaints(self, value: object, path: str) -> Iterator[Detail]:
        if not isinstance(value, dict):
            yield complaint(path, "type", "debe ser un objeto", "must be an object")
            return
        for name in self.required:
            if name not in value:
                yield complaint(_join(path, name), "missing", "es requerido", "is required")
        for name, item in value.items():
            rule = self.fields.get(name)
            if rule is None:
                yield _unknown(_join(path, name))
            else:
                yield from rule.complaints(item, _join(path, name))


@dataclass(frozen=True)
class Either:
    """Hold one rule for objects that carry `key`, another for those that do not."""

    key: str
    present: Rule
    absent: Rule

    def complaints(self, value: object, path: str) -> Iterator[Detail]:
        carries = isinstance(value, dict) and self.key in value
        yield from (self.present if carries else self.absent).complaints(value, path)


def complaint(path: str, problem: str, es: str, en: str) -> Detail:
    """Give one parameter's fault; `es` and `en` go on from its name."""
    name = re.sub(r"\[\d+\]", "", path)
    text = Text(f'El parametro "{path}" {es}.', f'The "{path}" parameter {en}.')
    return Detail(f"parameter_validation.{name}.{problem}", text, path)


def _unknown(path: str) -> Detail:
    text = Text(
        f'El parametro "{path}" no está permitido', f'The "{path}" parameter is not allowed'
    )
    return Detail("parameter_validation.whitelist", text, path)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
