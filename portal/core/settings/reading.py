"""Read a frozen class of settings from the environment, each under its name in capitals.

A field's default says what a setting is: a text, a number, or true or false. Its metadata may name
the variable that it was read from once, as `formerly`, and its `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, fields
from typing import Any

from portal.core.errors import SettingsError

TRUTHS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def read(kind: type[Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Read what the environment says. Raises SettingsError for what cannot even be read."""
    return {f.name: _value(f, text) for f in fields(kind) if (text := _text(f, environ))}


def faults_of_each(settings: Any) -> Iterator[SettingsError]:
    """Yield what makes each setting by itself unusable, one sentence each."""
    for spec in fields(settings):
        check: Callable[[str, Any], object] | None = spec.metadata["check"]
        if check is not None:
            try:
                check(spec.name.upper(), getattr(settings, spec.name))
            except SettingsError as error:
                yield error


def _text(spec: Field[Any], environ: Mapping[str, str]) -> str | None:
    """Find what the environment says of a setting, under its name or the one before."""
    return environ.get(spec.name.upper()) or environ.get(spec.metadata["formerly"])


def _value(spec: Field[Any], text: str) -> Any:
    text = text.strip()
    if isinstance(spec.default, bool):
        return _truth(spec, text)
    return text if isinstance(spec.default, str) else _number(spec, text)


def _truth(spec: Field[Any], text: str) -> bool:
    if text.lower() not in TRUTHS:
        raise SettingsError(f"Set {spec.name.upper()} to true or false.")
    return TRUTHS[text.lower()]


def _number(spec: Field[Any], text: str) -> int | float:
    try:
        value = int(text) if isinstance(spec.default, int) else float(text)
    except ValueError:
        value = -1
    if not 0 <= value < float("inf"):
        raise SettingsError(f"Set {spec.name.upper()} to a number of zero or more.")
    return value
