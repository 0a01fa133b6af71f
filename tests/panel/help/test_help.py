"""Test that the help names what is really there, and that each section leads to it."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask

from portal.panel.blueprint import RULES
from portal.panel.help.topics import TOPICS, Topic, topic_for
from tests.pages.texts import texts
from tests.panel.client import PanelClient
from tests.support.commands import CHECKOUT

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


def test_every_page_is_listed() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.html")} == {
        "list",
        "_page",
        *(topic.slug for topic in TOPICS),
    }


def test_each_page_of_the_help_opens(panel: PanelClient, cashier_panel: PanelClient) -> None:
    listed = panel.get("/panel/ayuda").text
    for topic in TOPICS:
        assert f"/panel/ayuda/{topic.slug}" in listed
        for somebody in (panel, cashier_panel):
            assert topic.title in somebody.get(f"/panel/ayuda/{topic.slug}").text
    assert panel.get("/panel/ayuda/otra").status_code == 404


# Where nobody is lost: the frame's own pages, and the help itself.
PLAIN = ("/panel/mas", "/panel/confirmar", "/panel/empresas", "/panel/ayuda", "/panel/pasos")


def test_each_sections_question_mark_leads_to_its_help(app: Flask, panel: PanelClient) -> None:
    sections = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/panel/") and "GET" in (rule.methods or ())
        if RULES[rule.endpoint].audience is not None and not rule.rule.startswith(PLAIN)
    ]
    assert [path for path in sections if topic_for(path) is None] == []
    page = panel.get("/panel/planes/nuevo").text
    assert 'href="/panel/ayuda/cambiar-de-precio"' in page
    assert 'href="/panel/ayuda"' in panel.get("/panel/mas").text
