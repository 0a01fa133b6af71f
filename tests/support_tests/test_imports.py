"""Test the import graph that the architecture's tests stand on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.structure.imports import import_graph, reaches, within

SOURCES = {
    "shop/__init__.py": "from . import models\n",
    "shop/sales/__init__.py": "",
    "shop/sales/steps.py": (
        "import flask\nfrom ..payments.gateway import Gateway\nfrom .states import GRAPH\n"
        "def late():\n    from shop import cli\n"
    ),
    "shop/pages.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shop.sales\n",
}


def test_every_way_to_import_is_seen(tmp_path: Path) -> None:
    for name, source in SOURCES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    assert import_graph(tmp_path / "shop") == {
        "shop.__init__": {"shop.models"},
        "shop.sales.__init__": set(),
        "shop.sales.steps": {
            "flask",
            "shop.payments.gateway.Gateway",
            "shop.sales.states.GRAPH",
            "shop.cli",
        },
        "shop.pages": {"typing.TYPE_CHECKING", "shop.sales"},
    }


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("flask.request", True),
        ("flask", True),
        ("flask.*", True),
        ("flask.current_app", False),
        ("flask_login", False),
    ],
)
def test_importing_the_whole_reaches_the_part(name: str, found: bool) -> None:
    assert reaches(name, ["flask.request"]) is found


def test_a_longer_name_is_not_within_a_shorter_one() -> None:
    assert within("portal.sales.steps", ["portal.sales"])
    assert not within("portal.salesman", ["portal.sales"])
