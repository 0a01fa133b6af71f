"""Test money, time, data and languages, as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from flask import Flask

from portal.core import formatting
from portal.core.i18n import ENGLISH, catalogue_files, gettext, language, translated
from portal.models import Plan
from portal.web.plan_features import features
from tests.pages.site import Site
from tests.pages.texts import texts

PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])")


@pytest.fixture
def app(site: Site) -> Flask:
    return site.shop.app


@pytest.mark.parametrize(
    ("centavos", "currency", "shown"),
    [
        (2000, "MXN", "$20"),
        (2050, "MXN", "$20.50"),
        (123400, "MXN", "$1,234"),
        (5, "USD", "US$0.05"),
    ],
)
def test_prices(centavos: int, currency: str, shown: str) -> None:
    assert formatting.price(centavos, currency) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (60, "1 minuto"),
        (1800, "30 minutos"),
        (3600, "1 hora"),
        (86400, "24 horas"),
        (172800, "2 días"),
        (90000, "25 horas"),
        (5400, "90 minutos"),
    ],
)
def test_durations(seconds: int, shown: str) -> None:
    assert formatting.duration(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "menos de 1 min"),
        (1, "1 min"),
        (3540, "59 min"),
        (3541, "1 h"),
        (4800, "1 h 20 min"),
        (86400, "1 día"),
        (97200, "1 día 3 h"),
        (604799.5, "7 días"),
    ],
)
def test_time_left(seconds: float, shown: str) -> None:
    assert formatting.time_left(seconds) == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [(2**20, "1 MB"), (500 * 2**20, "500 MB"), (3 * 2**29, "1.5 GB"), (1, "1 MB")],
)
def test_data(size: int, shown: str) -> None:
    assert formatting.data(size) == shown


def test_a_moment_is_told_where_the_wifi_is(app: Flask) -> None:
    with app.app_context():
        assert (
            formatting.moment(datetime(2026, 3, 5, 2, 30, tzinfo=UTC), "America/Mexico_City")
            == "4 mar 2026, 20:30"
        )


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ({}, ["Sin límite de tiempo", "Datos sin límite"]),
        (
            {"duration_seconds": 3600, "duration_from": "first_use", "data_limit": 2**30},
            ["1 hora desde que te conectas", "1 GB de datos"],
        ),
        (
            {"duration_seconds": 3600, "duration_from": "connected", "max_devices": 1},
            [
                "1 hora de conexión: solo cuenta cuando lo usas",
                "Datos sin límite",
                "1 dispositivo",
            ],
        ),
        (
            {"speed": "5 Mbps", "details": [{"texto": "Café incluido"}]},
            ["Sin límite de tiempo", "Datos sin límite", "5 Mbps", "Café incluido"],
        ),
    ],
)
def test_what_a_plan_gives(values: dict[str, object], lines: list[str]) -> None:
    assert features(Plan(**({"details": []} | values))) == lines


@pytest.mark.parametrize(
    ("query", "header", "spoken"),
    [
        ("", "", "es"),
        ("", "en-US,en;q=0.9", "en"),
        ("", "fr-FR,fr;q=0.9", "es"),
        ("", "fr,en;q=0.5,es;q=0.4", "en"),
        ("", "en;q=0.1,es-MX;q=0.9", "es"),
        ("?lang=es", "en-US", "es"),
        ("?lang=en", "es-MX", "en"),
        ("?lang=xx", "en-US", "en"),
    ],
)
def test_which_language(app: Flask, query: str, header: str, spoken: str) -> None:
    with app.test_request_context(f"/{query}", headers={"Accept-Language": header}):
        assert language() == spoken


def english() -> Iterator[Message]:
    """What is said in English, of all files."""
    for path in catalogue_files(ENGLISH):
        with path.open("rb") as source:
            yield from (entry for entry in read_po(source) if entry.id)


def test_every_text_is_translated_and_no_more() -> None:
    entries = list(english())
    catalogue = {entry.id: entry for entry in entries}
    assert [entry.id for entry in entries if catalogue[entry.id] is not entry] == []
    assert set(catalogue) - texts() == set()
    assert texts() - set(catalogue) == set()
    assert [entry.id for entry in catalogue.values() if entry.fuzzy or not entry.string] == []


def test_translations_fill_in_what_the_texts_do() -> None:
    for entry in english():
        said = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        meant = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        wanted = set(PLACEHOLDER.findall(said[-1]))
        assert all(set(PLACEHOLDER.findall(text)) == wanted for text in meant), said


def test_a_text_without_translation_stays_as_it_is(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        assert gettext("Un texto que nadie tradujo") == "Un texto que nadie tradujo"
        assert gettext("Continuar") == "Continue"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Esta ficha ya venció.", "This code has expired."),
        ("conekta no respondió. Intente de nuevo en unos minutos.", "conekta did not answer."),
        (
            "Mientras tanto cambió: ahora tiene $40.00 MXN por entregar. Cuéntelo otra vez.",
            "there is now $40.00 MXN to hand over",
        ),
        (
            "Tiene 49,990 fichas sin usar: con este lote pasarían de 50,000. Anule las que ya no"
            " sirvan.",
            "You have 49,990 unused codes: with this batch they would be more than 50,000.",
        ),
        ("Debe tener entre 10 y 200 caracteres.", "It must have between 10 and 200 characters."),
        ("Algo que nadie tradujo.", "Algo que nadie tradujo."),
    ],
)
def test_what_services_say_is_told_in_english(app: Flask, said: str, meant: str) -> None:
    with app.test_request_context("/?lang=en"):
        assert meant in translated(said)
    with app.test_request_context("/?lang=es"):
        assert translated(said) == said
