"""Prove that the panel's other sections know a code sold for cash, behind which no sale stands."""

from __future__ import annotations

import re

from portal.models.admin_user import Role
from portal.operators.vouchers.codes import get_code
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


def test_cash_is_told_beside_what_was_taken_online(counter: Counter) -> None:
    shop = counter.shop
    panel = panel_of(shop.app, shop.company_id)
    assert "¿Todavía no vende?" in panel.get("/panel/").text
    counter.sell()
    counter.sell(is_courtesy=True)
    wrong = counter.sell()
    given_back = "En efectivo: $20.00 (2 fichas) · devuelto: $20.00<"
    for said in ("En efectivo: $40.00 (2 fichas)<", given_back):
        today = panel.get("/panel/").text
        # Of the day, of the week and of the month.
        assert today.count(said) == 3
        assert "¿Todavía no vende?" not in today
        panel.post(f"/panel/fichas/{wrong.voucher.id}/anular", motivo="Error")
    month = panel.get("/panel/contabilidad").text
    assert "no se movió dinero" not in month
    assert month.count("$20.00") >= 2
    assert panel.get("/panel/ventas").status_code == 200


def test_cash_of_a_currency_of_its_own_is_told(counter: Counter) -> None:
    counter.terms(currency="USD")
    counter.sell()
    panel = panel_of(counter.shop.app, counter.shop.company_id)
    assert panel.get("/panel/").text.count("En efectivo: US$20.00 (1 ficha)<") == 3


def test_a_cashier_reads_no_code_off_unsold_sheets(counter: Counter) -> None:
    """Whoever reads one could sell it by hand, and its cash would stand on nobody's account."""
    counter.order(1)
    counter.make()
    [lying] = counter.vouchers()
    shop, told = counter.shop, counter.sell()
    cashier = panel_of(shop.app, shop.company_id, Role.CASHIER)
    owner = panel_of(shop.app, shop.company_id)
    with shop.app.app_context():
        code = get_code(shop.company_id, lying.id).shown_code
    for page in ("", "/imprimir", ".escpos"):
        assert owner.get(f"/panel/fichas/{lying.id}{page}").status_code == 200, page
        assert cashier.get(f"/panel/fichas/{told.voucher.id}{page}").status_code == 200, page
        answer = cashier.get(f"/panel/fichas/{lying.id}{page}")
        assert answer.status_code == (403 if page else 200), page
        assert code not in answer.text.replace(" ", ""), page
    assert code in owner.get(f"/panel/fichas/{lying.id}").text.replace(" ", "")
    assert counter.code(told)[0] in cashier.get(f"/panel/fichas/{told.voucher.id}").text.replace(
        " ", ""
    )
