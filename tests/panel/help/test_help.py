"""Test that the help names what is really there, and that each section leads to it."""

from __future__ import annotations

import html
import re

import pytest

from portal.panel.help.topics import TOPICS, Topic
from tests.pages.texts import texts
from tests.panel.client import PanelClient
from tests.support.processes.commands import CHECKOUT

TEMPLATES = CHECKOUT / "templates" / "panel" / "help"


def told(topic: Topic) -> str:
    return (TEMPLATES / f"{topic.slug}.html").read_text()


def labels(text: str) -> list[str]:
    return [html.unescape(label) for label in re.findall(r"<b>([^<]+)</b>", text)]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_what_is_quoted_stands_on_a_page(topic: Topic) -> None:
    quoted = labels(told(topic))
    known = {text for text in texts() if isinstance(text, str)}
    assert len(quoted) > 2
    assert [label for label in quoted if label not in known] == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_it_is_told_in_english_with_the_same_labels(topic: Topic) -> None:
    text = (TEMPLATES / "en" / f"{topic.slug}.html").read_text()
    assert re.findall(r'b\("([^"]+)"\)', text) == labels(told(topic))
    assert text.count("<li>") == told(topic).count("<li>")


def test_every_page_is_listed() -> None:
    slugs = {topic.slug for topic in TOPICS}
    assert {path.stem for path in TEMPLATES.glob("*.html")} == {"list", "_page", "_label", *slugs}
    assert {path.stem for path in (TEMPLATES / "en").glob("*.html")} == slugs


def test_each_page_of_the_help_opens(panel: PanelClient, cashier_panel: PanelClient) -> None:
    listed = panel.get("/panel/ayuda").text
    for topic in TOPICS:
        assert f"/panel/ayuda/{topic.slug}" in listed
        for somebody in (panel, cashier_panel):
            assert topic.label in somebody.get(f"/panel/ayuda/{topic.slug}").text
    assert panel.get("/panel/ayuda/otra").status_code == 404
    english = panel.get("/panel/ayuda/vender-un-codigo?lang=en").text
    assert "tap the plan that is paid for in cash" in english
    assert "<b>Codes</b>" in english
    assert "Sell a code" in panel.get("/panel/ayuda?lang=en").text


def test_each_sections_question_mark_leads_to_its_help(panel: PanelClient) -> None:
    paths = {rule.rule for rule in panel.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    for topic in TOPICS:
        for section in topic.sections:
            assert any(path.startswith(section) for path in paths), section
    for path, slug in SHOWN.items():
        assert f'href="/panel/ayuda/{slug}"' in panel.get(path).text, path
    # What has no page of its own leads to all of them.
    assert 'href="/panel/ayuda" aria-label' in panel.get("/panel/mas").text


SHOWN = {
    "/panel/planes/nuevo": "cambiar-de-precio",
    "/panel/empresa": "datos-del-negocio",
    "/panel/empresa/textos": "datos-del-negocio",
    "/panel/empresa/llaves": "cambiar-las-llaves",
    "/panel/alertas/canales": "avisos-por-telegram",
    "/panel/en-linea": "desconectar-o-regalar",
    "/panel/por-que": "pague-y-no-tengo-internet",
    "/panel/": "corte-de-caja",
    "/panel/ventas": "devolver-un-pago",
    "/panel/contabilidad": "corte-de-caja",
    "/panel/personas/nueva": "dar-de-alta-a-un-cajero",
    "/panel/routers/nuevo": "conectar-un-router",
    "/panel/mi-cuenta": "olvide-mi-contrasena",
}
