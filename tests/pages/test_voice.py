"""Test that customers are spoken to in one voice, tú, and sent to nobody who cannot help."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from portal.core.i18n import CATALOGUES, ENGLISH, SPANISH, gettext
from tests.pages.site import Site
from tests.pages.texts import contract_texts
from tests.support.processes.commands import CHECKOUT

# `Su página` may be somebody else's, but can be said otherwise too.
USTED = re.compile(
    r"\b(usted|ustedes|su|sus|suyo|favor de|le queda|(le|les|se) lo enviamos|conectarlo|"
    r"abra|ábral[ao]|elija|escriba|escríbal[ao]s?|revise|revísel[ao]s?|intente|espere|pague|toque|"
    r"recargue|reinicie|guarde|cierre|conéctese|desconéctese|únase|complete|contacte|pregunte|"
    r"use|envíe|inicie|recupérelo|encienda|enciéndalo|compre|cómprelo|pida|pídal[ae]|avise|"
    r"pruebe|vuelva|ingrese|haga|llame|entre|presione|necesita|quiere navegar|ya puede navegar)\b",
    re.IGNORECASE,
)
# An access, a plan, a bank: what the sentence is about, not who reads it.
OTHERS = (
    "Si este teléfono tiene un acceso pagado, ya puede navegar.",
    "Portal vende acceso a Internet en redes WiFi de MikroTik: quien se une a la red elige un "
    "plan, paga con su tarjeta y queda conectado.",
)
TOLD = "ya avisamos al encargado"


@pytest.fixture
def _spanish(site: Site) -> Iterator[None]:
    with site.shop.app.test_request_context("/?lang=es"):
        yield


def said() -> list[str]:
    """All that customers' pages say in Spanish; what operators read has its English elsewhere."""
    with (CATALOGUES / f"{ENGLISH}.po").open("rb") as source:
        ids = [entry.id for entry in read_po(source) if entry.id]
    parts = (part for text in ids for part in ((text,) if isinstance(text, str) else text))
    return [gettext(part) for part in parts]


def test_the_test_knows_the_other_voice() -> None:
    for text in ("Escriba el código.", "No pague otra vez.", "Con su tarjeta", "Revíselo."):
        assert USTED.search(text), text
    for text in ("Escribe tu código.", "No pagues otra vez.", "¿Necesitas ayuda?", "sube"):
        assert not USTED.search(text), text


@pytest.mark.usefixtures("_spanish")
def test_the_pages_say_tu() -> None:
    assert [text for text in said() if text not in OTHERS and USTED.search(text)] == []


@pytest.mark.usefixtures("_spanish")
def test_nobody_is_sent_to_who_cannot_help() -> None:
    named = [text for text in said() if "encargado" in text]
    assert named
    assert [text for text in named if TOLD not in text.lower()] == []


def test_the_routers_pages_say_tu() -> None:
    files = [*(CHECKOUT / "templates" / "kit").glob("*.html.j2")]
    assert files
    assert [path.name for path in files if USTED.search(path.read_text())] == []


def test_only_what_the_contract_says_is_said_otherwise() -> None:
    """The rest stands in tú where it is written; a text that is gone leaves no translation."""
    with (CATALOGUES / f"{SPANISH}.po").open("rb") as source:
        catalogue = {entry.id: entry for entry in read_po(source) if entry.id}
    assert set(catalogue) - contract_texts() == set()
    assert [entry.id for entry in catalogue.values() if entry.fuzzy or not entry.string] == []
