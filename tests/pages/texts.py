"""Read every text that pages show from templates and code."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_python
from jinja2.ext import babel_extract

from portal.access import attempt_limits, guess_guard, recovery_limits
from portal.core.errors import Problem
from portal.pages import plans
from portal.panel.help.topics import TOPICS
from portal.panel.navigation import SECTIONS
from portal.sales import decline_sentences
from portal.web import diagnosis_texts, legal_texts, pass_texts, trail_words
from portal.web.error_handlers import SENTENCES
from portal.web.sale_history import words
from tests.pages.service_texts import field_texts, service_texts
from tests.support.processes.commands import CHECKOUT

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {"trimmed": "true", "silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}
# Whose sentences a page may have to show.
PROBLEMS = (
    "portal.core.errors",
    "portal.pages",
    "portal.panel",
    "portal.sales.errors",
    "portal.sales.invoicing",
    "portal.access.code_recovery",
    "portal.access.errors",
)


@cache
def texts() -> frozenset[str | tuple[str, ...]]:
    """Single texts, and pairs of singular and plural."""
    found = {message for message in _in_files() if message}
    found |= {*legal_texts.ALL, *diagnosis_texts.ALL, *(section.label for section in SECTIONS)}
    found |= {*trail_words.ACTIONS.values(), *trail_words.KINDS.values()}
    found |= {*trail_words.BROKEN.values(), trail_words.BEFORE_IT}
    found |= {topic.label for topic in TOPICS} | service_texts() | field_texts()
    return frozenset(
        found
        | set(_of_histories())
        | contract_texts()
        | {plans.WAIT, recovery_limits.WAIT_SENTENCE}
    )


def _of_histories() -> Iterator[str]:
    """Sentences about a sale, chosen by what happened to it."""
    for name, table in vars(words).items():
        if name.isupper():
            yield from table.values()


def contract_texts() -> set[str]:
    """Sentences that the JSON says too, in words of its own."""
    waits = {attempt_limits.WAIT, guess_guard.WAIT}
    declines = set(decline_sentences.SENTENCES.values())
    passes = set(pass_texts.WHY_NOT.values())
    return set(_of_problems()) | set(SENTENCES.values()) | waits | declines | passes


def _in_files() -> Iterator[Any]:
    for folder in ("pages", "panel"):
        for path in sorted((CHECKOUT / "templates" / folder).rglob("*.html")):
            yield from _read(path, babel_extract)
    for folder in ("pages", "panel", "core", "web"):
        for path in sorted((CHECKOUT / "portal" / folder).rglob("*.py")):
            yield from _read(path, extract_python)


def _read(path: Path, extract: Any) -> Iterator[Any]:
    source = BytesIO(path.read_bytes())
    for _line, _function, messages, _comments in extract(source, list(KEYWORDS), [], OPTIONS):
        if isinstance(messages, tuple):
            named = tuple(message for message in messages if message)
            yield named if len(named) == 2 else "".join(named)
        else:
            yield messages


def _of_problems() -> Iterator[str]:
    kinds = [Problem]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith(PROBLEMS):
            yield kind.detail
