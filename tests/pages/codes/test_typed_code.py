"""Test that a code is read however it was typed or pasted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from portal.operators.audit import Actor
from portal.operators.vouchers.importing import ImportOrder, import_codes
from portal.pages.visits.typed_code import TypedCode, read_code
from tests.pages.browser import Visitor
from tests.pages.checkout.test_results import look
from tests.pages.codes.test_comeback import buy, codes_of, enter, users_online
from tests.pages.site import Phone, Site

PAIR, PIN = TypedCode("P33TQE", "4026"), TypedCode("012345", "012345")


@pytest.mark.parametrize(
    ("typed", "password", "code"),
    [
        ("P33TQE 4026", "", PAIR),
        ("p33tqe 4026", "", PAIR),
        ("P33tqe4026", "", PAIR),
        (" P33 TQE\t4026. ", "", PAIR),
        ("P33TQE\u00a0\u200b4026", "", PAIR),
        ("P33TQE - 4026", "", PAIR),
        ("Usuario\nP33TQE\nContraseña\n4026", "", PAIR),
        ("User: P33TQE Password: 4026", "", PAIR),
        ("p33tqe", "4026 ", PAIR),
        ("P33TQE 4026", "4026", PAIR),
        ("P33TQE", "4O26", PAIR),
        ("234567 8901", "", TypedCode("234567", "8901")),
        ("012345", "", PIN),
        ("012 345", "", PIN),
        ("012-345.", "", PIN),
        ("O12345", "", PIN),
        ("o1234 5", "", PIN),
        ("０１２３４５", "", PIN),
        ("Tu PIN 012345", "", PIN),
        ("PIN: 012345", "012345", PIN),
        ("01234567", "", TypedCode("01234567", "01234567")),
        ("nadie", "", TypedCode("nadie", "nadie")),
        ("uno dos", "", TypedCode("uno", "dos")),
    ],
)
def test_what_is_read(typed: str, password: str, code: TypedCode) -> None:
    assert read_code(typed, password) == code


@pytest.mark.parametrize("typed", ["", "  \u200b ", "-", "PIN:", "\ud83d", "1" * 101])
def test_what_is_no_code(typed: str) -> None:
    assert read_code(typed) is None


@pytest.mark.parametrize("kind", ["pin", "usuario_contrasena"])
def test_row_14_what_is_copied_is_let_in_when_it_is_pasted(
    visitor: Visitor, site: Site, phone: Phone, kind: str
) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sale = buy(site, phone, tipo_usuario=kind)
    visitor.page.goto(site.address(phone).replace("?", f"/pago/{sale.id}?"))
    visitor.press("Copiar")
    expect(visitor.page.get_by_role("button", name="Copiado")).to_be_visible()
    other = site.new_phone()
    visitor.arrive(other)
    visitor.press("Ya tengo un código")
    visitor.page.get_by_label("Tu código").focus()
    visitor.page.keyboard.press("Control+V")
    visitor.press("Conectar")
    visitor.await_title("¡Conectado!")
    assert users_online(site, other) == [codes_of(site, sale)[0]]


@pytest.mark.parametrize("spell", [str.lower, str.title, " ".join, "{} ".format, " {}.".format])
@pytest.mark.parametrize("kind", ["pin", "usuario_contrasena"])
def test_row_14_as_keyboards_mend_it(
    client: FlaskClient, site: Site, phone: Phone, kind: str, spell: object
) -> None:
    assert callable(spell)
    sale = buy(site, phone, tipo_usuario=kind)
    shown = look(client, sale).text
    (copied,) = (part.partition('"')[0] for part in shown.split('data-text="')[1:])
    other = site.new_phone()
    assert "¡Conectado!" in enter(client, site, other, spell(copied)).text
    assert users_online(site, other) == [codes_of(site, sale)[0]]


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title, "{} ".format])
@pytest.mark.parametrize("code", ["kf482913", "ab3k9"])
def test_codes_of_other_tools_are_small_letters(
    client: FlaskClient, site: Site, imported: list[str], code: str, spell: Callable[[str], str]
) -> None:
    """Also those that read as ours do, whose letters are capitals."""
    assert code in imported
    phone = site.new_phone()
    assert "¡Conectado!" in enter(client, site, phone, spell(code)).text
    assert users_online(site, phone) == [code]
    assert "¡Conectado!" not in enter(client, site, site.new_phone(), f"{code}7").text


@pytest.fixture(scope="module")
def imported(site: Site) -> list[str]:
    """Codes that Mikhmon had left on the router, imported."""
    names, shop = ["kf482913", "ab3k9"], site.shop
    for name in names:
        shop.router.add_user(name, name, profile="1hora", comment="vc-123-01.02.26-")
    with shop.app.app_context():
        order = ImportOrder(shop.router_id, {"1hora": shop.plan_id})
        import_codes(Actor("cli:tests"), shop.company_id, order)
    assert shop.app.test_cli_runner().invoke(args=["reconcile"]).exit_code == 0
    return names


@pytest.mark.parametrize(
    ("typed", "name", "password"),
    [
        ("KF123456", "KF123456", "KF123456"),
        ("kf 123 456", "KF123456", "KF123456"),
        ("KF-I23456", "KF123456", "KF123456"),
        ("KFAB3C9D4026", "KFAB3C9D", "4026"),
        ("KFAB3C9D 4026", "KFAB3C9D", "4026"),
        ("AB3C9D-4026", "AB3C9D", "4026"),
    ],
)
def test_codes_of_batches(typed: str, name: str, password: str) -> None:
    """With the prefix that they were printed with."""
    code = read_code(typed)
    assert code is not None
    assert (code.name, code.password) == (name, password)
    assert code.is_pin is (name == password)
