"""Test the terminal: a pasted line fetches a script, runs it and removes it, up to what fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from flask import Flask

from portal.sandbox.routeros import RouterSandbox
from portal.sandbox.routeros.control import Control
from portal.sandbox.routeros.terminal import type_line
from tests.support.patience import PATIENCE
from tests.support.servers.serving import serve

SCRIPT = '/ip hotspot user profile add name="1hora"\n:put "Listo."\n'


@pytest.fixture
def router() -> Iterator[RouterSandbox]:
    with RouterSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def shelf() -> Iterator[str]:
    """Where a script is fetched from."""
    app = Flask(__name__)
    app.add_url_rule("/it", view_func=lambda: SCRIPT)
    with serve(app) as url:
        yield url


def profiles(router: RouterSandbox) -> list[str]:
    return [row["name"] for row in router.rows("/ip/hotspot/user/profile")]


def test_a_line_fetches_runs_and_removes(router: RouterSandbox, shelf: str) -> None:
    line = f'/tool fetch url="{shelf}/it" dst-path=p.rsc; /import p.rsc; /file remove p.rsc'
    typed = type_line(router, line)
    assert (typed.failed, typed.said[1]) == (False, "Listo.")
    assert "1hora" in profiles(router)


def test_several_lines_are_one_script(router: RouterSandbox) -> None:
    typed = type_line(router, "{\r\n" + SCRIPT.replace("\n", "\r\n") + "}\r\n")
    assert (typed.failed, typed.said) == (False, ["Listo."])
    assert "1hora" in profiles(router)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('/tool fetch url="{0}/gone" dst-path=p.rsc; /import p.rsc', "404"),
        ('/tool fetch url="http://192.0.2.1/it" dst-path=p.rsc', "no route"),
        ("/import p.rsc", "no word"),
        ("/ip hotspot user profile add name=default", "already"),
        (':error "Nada cambió."', "Nada cambió."),
    ],
)
def test_it_stops_at_what_fails(router: RouterSandbox, shelf: str, line: str, said: str) -> None:
    typed = type_line(router, line.format(shelf) + "; /ip hotspot user profile add name=later")
    assert typed.failed
    assert said in typed.said[-1]
    assert "later" not in profiles(router)


def test_people_find_it_as_a_page(router: RouterSandbox) -> None:
    with Control(router) as control, requests.Session() as session:
        session.trust_env = False
        address = f"{control.url}/terminal"
        assert f"puerto {router.port}" in session.get(address, timeout=PATIENCE).text
        typed = {"line": ':put "<b>hola</b>"'}
        assert "&lt;b&gt;hola" in session.post(address, data=typed, timeout=PATIENCE).text
