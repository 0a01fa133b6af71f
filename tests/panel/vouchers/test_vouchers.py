"""Test the panel's codes as somebody behind a counter uses them, on a phone's screen."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO

from PIL import Image

from portal.core.database import writing
from portal.models import Plan, Router
from tests.pages.site import LOGIN_HOST, Site
from tests.panel.addresses import SoldTenant
from tests.panel.browser import Operator
from tests.panel.client import PanelClient
from tests.panel.test_frame import MOST_BYTES
from tests.support.scanning import scanned
from tests.support.tenants import Tenant

SIZE = "e => parseFloat(getComputedStyle(e).fontSize)"


def sold(operator: Operator) -> str:
    """The code on the page at hand."""
    shown = operator.page.locator(".code").first.inner_text()
    return shown.replace(" ", "")


def test_a_code_is_sold_in_two_taps(operator: Operator) -> None:
    """One on the section, one on the plan; the code is large, and its QR code leads to our page."""
    operator.open("/panel/")
    operator.press("Fichas")
    operator.page.get_by_role("button", name="1 Hora de Internet").first.click()
    operator.page.wait_for_url("**/panel/fichas/vou_*")
    code = sold(operator)
    site = operator.site
    assert site.shop.router.users[code]["disabled"] == "false"
    assert (
        operator.page.locator(".code").first.evaluate(
            "e => parseFloat(getComputedStyle(e).fontSize)"
        )
        > 30
    )
    picture = operator.page.locator("svg.qr").screenshot()
    assert scanned(_opened(picture)) == [f"{site.url}/r/{site.router_id}/codigo#c={code}"]
    operator.look("ficha")


def _opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def test_every_page_of_codes_is_right_in_every_look(operator: Operator) -> None:
    operator.open("/panel/fichas")
    operator.look("fichas")
    operator.open("/panel/fichas/lotes/nuevo")
    operator.enter("cantidad", "3")
    operator.enter("vendedor", "Abarrotes Lupe")
    operator.page.get_by_role("button", name="Hacer el lote").click()
    operator.page.wait_for_url("**/panel/fichas/lotes/lot_*")
    batch = operator.page.url
    assert operator.site.shop.app.test_cli_runner().invoke(args=["reconcile"]).exit_code == 0
    operator.page.goto(batch)
    assert "Hechas en el router" not in operator.text
    operator.look("lote")
    for path, name in (
        ("/panel/fichas/lotes", "lotes"),
        ("/panel/fichas/lotes/nuevo", "lote-nuevo"),
        ("/panel/fichas/lista", "fichas-lista"),
        ("/panel/fichas/cortes", "corte"),
        ("/panel/fichas/reporte", "fichas-reporte"),
    ):
        operator.open(path)
        operator.look(name)
    operator.page.goto(f"{batch}/imprimir?papel=58&wifi=Caf%C3%A9")
    assert operator.page.locator("svg.qr").count() == 6
    operator.look("imprimir-58")


def test_a_printed_code_is_in_the_field_and_in_no_request(operator: Operator, site: Site) -> None:
    """Also where the phone first has to be named by the router."""
    operator.open("/panel/fichas")
    operator.page.get_by_role("button", name="1 Hora de Internet").first.click()
    operator.page.wait_for_url("**/panel/fichas/vou_*")
    code = sold(operator)
    site.shop.change(Router, login_hosts=[LOGIN_HOST])
    with closing(operator.page.context.browser.new_context()) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site.url}/r/{site.router_id}/codigo#c={code}")
        assert page.locator("#usuario").input_value() == code
        assert code not in page.url
        assert (
            page.locator("#onward").get_attribute("href") == f"http://{LOGIN_HOST}/login#c={code}"
        )
        phone = site.new_phone()
        page.goto(f"{site.url}{site.path(phone)}#c={code}")
        page.wait_for_url("**/codigo*")
        page.wait_for_function("document.getElementById('usuario').value")
        assert page.locator("#usuario").input_value() == code
        page.locator("form button.edge").click()
        page.wait_for_url(lambda url: "/codigo" not in url)
        assert not [url for url in asked if code in url]
    assert phone.mac in {row["mac-address"] for row in site.shop.router.active}


def test_pages_are_small(panel: PanelClient) -> None:
    for path in ("", "/lista", "/lotes", "/lotes/nuevo", "/cortes", "/reporte"):
        answer = panel.client.get(f"/panel/fichas{path}", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert len(answer.data) <= MOST_BYTES, path


def test_what_is_wrong_with_a_batch_is_said_at_its_field(
    panel: PanelClient, tenant: Tenant
) -> None:
    form = {
        "producto_id": str(tenant.plan_ids[0]),
        "cantidad": "0",
        "vendedor": "",
        "prefijo": "IO",
    }
    answer = panel.post("/panel/fichas/lotes/nuevo", **form)
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3


def test_a_plan_that_was_withdrawn_is_refused_in_words(panel: PanelClient, tenant: Tenant) -> None:
    with panel.client.application.app_context(), writing() as session:
        session.get_one(Plan, tenant.plan_ids[0]).active = False
    answer = panel.post("/panel/fichas", producto_id=str(tenant.plan_ids[0]), clave="x")
    assert answer.status_code == 409
    assert "retirado" in answer.text


def test_a_cashier_gives_nothing_away(cashier_panel: PanelClient, tenant: Tenant) -> None:
    form = {"producto_id": str(tenant.plan_ids[0]), "cortesia": "1"}
    assert cashier_panel.post("/panel/fichas", **form).status_code == 403
    page = cashier_panel.get("/panel/fichas").text
    for owners in ("Corte de caja", "Lotes para imprimir", "cortesía"):
        assert owners not in page


def test_an_address_that_makes_no_sense_is_refused_in_words(
    panel: PanelClient, tenant: SoldTenant
) -> None:
    code, batch = f"/panel/fichas/{tenant.voucher_id}", f"/panel/fichas/lotes/{tenant.batch_id}"
    for path in (f"{code}.escpos", f"{batch}.escpos", f"{batch}.pdf"):
        answer = panel.get(f"{path}?papel=carton")
        assert (answer.status_code, "papel" in answer.text) == (422, True), path
        # What a browser or a link adds to an address does no harm.
        assert panel.get(f"{path}?utm=1").status_code == 200, path
    assert panel.get(f"{batch}.pdf?desde=0").status_code == 422
