"""Fill in templates of the router's files, each language with its own escaping."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from portal.hotspot.setup import quoting

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "kit"


def _environment(finalize: Callable[[Any], str] | None = None) -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


_HTML = _environment()
_JSON = _environment(json.dumps)
# Every expression becomes a string literal, so that none can be forgotten.
_SCRIPT = _environment(quoting.literal)
_SCRIPT.filters["comment"] = quoting.comment


def page(name: str, **values: Any) -> str:
    """Write an HTML page of the hotspot."""
    return _HTML.get_template(name).render(values)


def document(name: str, **values: Any) -> str:
    """Write a JSON document of the hotspot."""
    return _JSON.get_template(name).render(values)


def script(name: str, **values: Any) -> str:
    """Give a RouterOS script. What is Code stays as it is."""
    return _SCRIPT.get_template(name).render(values)
