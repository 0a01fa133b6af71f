"""Prove that the panel's other sections know a code sold for cash, behind which no sale stands."""

from __future__ import annotations

import re

from tests.panel.client import panel_of
from tests.support.shop import IP, MAC
from tests.vouchers.conftest import Counter

SENTENCE = re.compile(r'<p id="por-que"><b>(.*?)</b></p>', re.S)


def test_who_is_online_with_a_code_is_listed_and_explained(counter: Counter) -> None:
    sold = counter.sell()
    name, password = counter.code(sold)
    counter.shop.router.log_in(name, password, IP)
    panel = panel_of(counter.shop.app, counter.shop.company_id)
    assert MAC in panel.get("/panel/en-linea").text
    why = panel.get(f"/panel/por-que/{sold.access.id}")
    found = SENTENCE.search(why.text)
    assert found is not None
    assert MAC in found[1]
    assert "está en línea" in found[1]


def test_sections_about_money_bear_with_codes(counter: Counter) -> None:
    counter.sell()
    panel = panel_of(counter.shop.app, counter.shop.company_id)
    for path in ("/panel/", "/panel/ventas", "/panel/contabilidad"):
        assert panel.get(path).status_code == 200, path
