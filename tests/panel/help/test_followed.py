"""Do what the help says, label by label, as somebody would who has never seen the panel."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from playwright.sync_api import Locator, expect

from tests.pages.site import Site
from tests.panel.browser import Operator
from tests.panel.help.test_help import labels
from tests.support.shop import PRIVATE_KEY


def follow(operator: Operator, slug: str, typed: Mapping[str, str]) -> None:
    """Go through what the page quotes: press it, fill it in with what is `typed`, or find it."""
    operator.open(f"/panel/ayuda/{slug}")
    quoted = labels(html.unescape(operator.page.locator("article").inner_html()))
    assert len(quoted) > 2
    operator.open("/panel/mas")
    for label in quoted:
        step(operator, label, typed)


def step(operator: Operator, label: str, typed: Mapping[str, str]) -> None:
    page = operator.page
    field = page.get_by_label(re.compile(rf"^{re.escape(label)}( \(\w+\))?$"))
    pressed = page.get_by_role("link", name=label, exact=True).or_(
        page.get_by_role("button", name=label, exact=True)
    )
    if label in typed:
        fill(field, typed[label])
    elif pressed.count():
        with operator.leaving():
            pressed.first.click()
    else:
        named = field.or_(page.get_by_text(label))
        expect(named.first).to_be_attached()


def fill(field: Locator, value: str) -> None:
    if field.evaluate("element => element.tagName") == "SELECT":
        field.select_option(label=value)
    else:
        field.fill(value)


def test_a_plan_is_made(operator: Operator, site: Site) -> None:
    typed = {
        "Nombre": "Como dice la ayuda",
        "Precio con IVA incluido": "55",
        "Cuánto dura": "2",
        "Otro perfil": "ayuda",
    }
    follow(operator, "cambiar-de-precio", typed)
    operator.await_text("Listo: el perfil está en «Patio».")
    assert "ayuda" in {row["name"] for row in site.shop.router.rows("/ip/hotspot/user/profile")}
    shown = site.shop.app.test_client().get(site.path(site.new_phone())).text
    assert "Como dice la ayuda" in shown
    assert "$55" in shown


def test_the_keys_are_changed(operator: Operator) -> None:
    typed = {
        "Llave privada": PRIVATE_KEY,
        "Llave pública": "key_public",
        "Modo": "Pruebas: no se cobra",
    }
    follow(operator, "cambiar-las-llaves", typed)
    operator.await_text("La llave funciona y es de pruebas: no se cobra a nadie.")


def test_what_customers_read_is_completed(operator: Operator, site: Site) -> None:
    typed = {
        "Razón social o nombre completo": "Cafetería Ñandú de la Península SA de CV",
        "RFC": "EKU9003173C9",
        "Domicilio": "Av. Hidalgo 12, Centro, 22000 Tijuana, B.C.",
        "IVA que incluyen los precios": "16 %",
        "Zona horaria": "Centro: Ciudad de México y la mayor parte del país",
    }
    follow(operator, "datos-del-negocio", typed)
    operator.await_title("Logo y color")
    shown = site.shop.app.test_client().get(f"/r/{site.router_id}/condiciones").text
    assert "RFC EKU9003173C9" in shown


def test_a_cashier_is_let_in(operator: Operator) -> None:
    typed = {
        "Nombre": "Lupe",
        "Correo": "lupe@example.com",
        "Contraseña": "tres palabras del barrio",
        "Qué puede hacer": "Cajero",
    }
    follow(operator, "dar-de-alta-a-un-cajero", typed)
    operator.open("/panel/personas")
    operator.await_text("Lupe")


def test_somebody_who_paid_is_found(operator: Operator, site: Site) -> None:
    phone = site.new_phone()
    bought = site.shop.buy(mac_cliente=phone.mac, ip_cliente=phone.ip)
    code = bought.json["usuario_hotspot"]["usuario"]
    follow(operator, "pague-y-no-tengo-internet", {"Código, MAC o correo": code})
    operator.await_title("¿Por qué no tiene Internet?")
    assert operator.page.locator("main").inner_text().count(".") > 0


def test_the_help_is_right_in_every_look(operator: Operator) -> None:
    operator.open("/panel/ayuda")
    operator.look("ayuda")
    operator.open("/panel/ayuda/cambiar-de-precio")
    operator.look("ayuda-plan")
