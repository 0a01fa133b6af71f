"""Choose the language that a page speaks, Spanish or English, and give its words.

Templates and code are written in Spanish; `translations/<language>.po` holds the others, and what
the operator's panel says stands in files of its own, `translations/panel_<language>/`. Babel reads
those at start-up, so there is nothing to compile.
"""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request

PLACE = re.compile(r"\{[^{}]*\}")
CATALOGUES = Path(__file__).parent / "translations"
SPANISH, ENGLISH = LANGUAGES = ("es", "en")


def register(app: Flask) -> None:
    """Bind to the application: templates write `{% trans %}` and `_("…")`."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install = getattr(app.jinja_env, "install_gettext_callables")  # noqa: B009 - the extension's
    install(gettext, ngettext, newstyle=True)
    app.jinja_env.globals["language"] = language
    for name in LANGUAGES:
        _catalogue(name)


def language() -> str:
    """Find what the request wants: its `lang`, what was chosen before, what its browser prefers."""
    if not has_request_context():
        return SPANISH
    return chosen_language() or g.get("kept_language") or _preferred() or SPANISH


def keep_language(name: str | None) -> None:
    """Speak what somebody chose in an earlier request; None and what is not ours change nothing."""
    g.kept_language = name if name in LANGUAGES else None


def chosen_language() -> str | None:
    """Give the language that somebody chose by a link, if that is how they came here."""
    chosen = request.args.get("lang")
    return chosen if chosen in LANGUAGES else None


def _preferred() -> str | None:
    """The first of ours that the browser lists, from its dearest on; `es-MX` is `es`."""
    listed = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((name for name in listed if name in LANGUAGES), None)


def gettext(text: str) -> str:
    """Translate the Spanish text into the language of the request."""
    return _catalogue(language()).gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Translate a text that depends on a number."""
    return _catalogue(language()).ngettext(singular, plural, number)


def translated(sentence: str) -> str:
    """Translate a Spanish sentence that a service has made, also one with names filled in.

    Spanish itself stays as it is: `gettext` says to customers of tú what services say of usted.
    """
    if language() == SPANISH:
        return sentence
    whole = gettext(sentence)
    if whole != sentence:
        return whole
    for said, meant in _patterns(language()):
        if found := said.fullmatch(sentence):
            return meant.format(*found.groups())
    return sentence


@cache
def _patterns(name: str) -> list[tuple[re.Pattern[str], str]]:
    """Read how sentences with places such as `{}` look once something is filled in."""
    found = []
    for path in catalogue_files(name):
        with path.open("rb") as source:
            for entry in read_po(source, locale=name):
                if isinstance(entry.id, str) and PLACE.search(entry.id):
                    said = "(.+?)".join(map(re.escape, PLACE.split(entry.id)))
                    found.append((re.compile(said, re.DOTALL), str(entry.string)))
    return found


@cache
def _catalogue(name: str) -> NullTranslations:
    parts = [_read(path, name) for path in catalogue_files(name)]
    if not parts:
        return NullTranslations()
    whole = parts[0]
    for part in parts[1:]:
        whole.merge(part)
    return whole


def catalogue_files(name: str) -> list[Path]:
    """List the files that hold what is said in a language: the customers', then the panel's."""
    own = [path for path in (CATALOGUES / f"{name}.po",) if path.exists()]
    return own + sorted((CATALOGUES / f"panel_{name}").glob("*.po"))


def _read(path: Path, name: str) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=name, abort_invalid=True))
    compiled.seek(0)
    return Translations(compiled)
