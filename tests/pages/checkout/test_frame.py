"""Test paying in the gateway's own frame, which charges the order and runs 3DS by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from portal.models import Company
from tests.pages.browser import CHALLENGED, DECLINED, Visitor
from tests.pages.checkout.test_again import states
from tests.pages.conftest import Customer, Visit
from tests.pages.site import Phone, Site, open_site
from tests.pages.test_hostile import open_form
from tests.support.browsers.whole import browser, lent

__all__ = ["browser", "lent"]

PAY, DONE = "Paga con tu tarjeta", "¡Conectado!"
AT_THE_BANK = "document.querySelector('[name=code]').value = '1234'; document.forms[0].submit()"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("frame"), conekta_charge="component") as opened:
        yield opened


def open_frame(customer: Customer, phone: Phone) -> None:
    """Come to the frame of a plan's order."""
    customer.arrive(phone)
    customer.choose()
    customer.enter("email_cliente", "ana@example.com")
    customer.pay()
    customer.await_text("Cancelar e intentar de nuevo")
    customer.await_form()


def orders(site: Site, phone: Phone) -> list[str | None]:
    """How the orders of this phone stand at the gateway, and of each that it has one charge."""
    mine = {sale.order_id for sale in site.shop.sales() if sale.mac == phone.mac}
    found = [order for order in site.shop.gateway.orders() if order["id"] in mine]
    assert all((order.get("charges") or {}).get("total", 0) <= 1 for order in found)
    return [order.get("payment_status") for order in found]


@pytest.mark.usefixtures("soon_at_the_bank")
@pytest.mark.each_browser
def test_declined_then_paid_and_back(customer: Customer, site: Site, phone: Phone) -> None:
    open_frame(customer, phone)
    customer.shoot("2-pay-in-frame")
    customer.fill(DECLINED)
    customer.pay()
    customer.await_text("No se hizo ningún cargo")
    assert customer.value("email_cliente") == "ana@example.com"
    customer.pay()
    customer.await_form()
    customer.fill()
    customer.pay()
    customer.await_title(DONE)
    codes = customer.codes
    # No form that could be sent again is left behind.
    customer.back()
    customer.await_title(DONE)
    assert customer.codes == codes
    assert states(site, phone) == ["canceled", "delivered"]
    assert orders(site, phone) == ["canceled", "paid"]


@pytest.mark.usefixtures("soon_at_the_bank")
def test_its_bank_asks_within_it(customer: Customer, site: Site, phone: Phone) -> None:
    open_frame(customer, phone)
    customer.fill(CHALLENGED)
    customer.key("Tab")
    press_and_stay(customer)
    await_bank(customer)
    # Who comes back to the page in the middle of it is where they were.
    customer.go(customer.address)
    customer.await_text("Cancelar e intentar de nuevo")
    confirm(customer)
    customer.await_title(DONE)
    assert orders(site, phone) == ["paid"]
    if isinstance(customer, Visitor):
        # The simulated bank wants the focus, which no frame of another origin gets.
        customer.complaints[:] = [said for said in customer.complaints if "focus" not in said]


def press_and_stay(customer: Customer) -> None:
    customer.run("document.getElementById('pay').click()")


def await_bank(customer: Customer) -> None:
    if isinstance(customer, Visitor):
        bank = customer.page.frame_locator("#card iframe").frame_locator("#bank")
        bank.locator("[name=code]").wait_for()
        return
    driver = customer.driver
    driver.enter_frame("#card iframe")
    there = "return Boolean(document.getElementById('bank'))"
    driver.wait_for(lambda: driver.run(there), "the bank")
    driver.leave_frame()


def confirm(customer: Customer) -> None:
    """Give the bank, in the frame's own frame, the code that it asks for."""
    await_bank(customer)
    if isinstance(customer, Visitor):
        bank = customer.page.frame_locator("#card iframe").frame_locator("#bank")
        bank.locator("[name=code]").fill("1234")
        bank.locator(".go").click()
        return
    driver = customer.driver
    driver.enter_frame("#card iframe")
    driver.enter_frame("#bank")
    ready = "return Boolean(document.querySelector('[name=code]'))"
    driver.wait_for(lambda: driver.run(ready), "the bank's form")
    driver.run(AT_THE_BANK)
    driver.leave_frame()


def in_time(open_browser: Visit, phone: Phone) -> Visitor:
    """Somebody whose page's clock stands still until it is moved."""
    visitor = open_browser()
    visitor.stop_clock()
    visitor.arrive(phone)
    visitor.choose()
    visitor.enter("email_cliente", "ana@example.com")
    visitor.pay()
    return visitor


@pytest.mark.usefixtures("soon_at_the_bank")
def test_a_frame_that_never_answers(open_browser: Visit, site: Site, phone: Phone) -> None:
    site.shop.gateway.fail("hang", "frame", times=None)
    visitor = in_time(open_browser, phone)
    assert visitor.title == PAY
    with visitor.page.expect_response("**/sin-formulario**"):
        visitor.page.clock.run_for(8_000)
    expect(visitor.page.get_by_role("alert")).to_contain_text("este WiFi no deja llegar a él")
    assert [alert.kind for alert in site.shop.alerts()] == ["checkout_unreachable"]
    # What any page can say closes it not: whoever likes would have the operator told without end.
    anybody, own = site.shop.app.test_client(), f"/r/{site.router_id}/pago"
    assert anybody.post(f"{own}/{site.shop.sales()[-1].id}/estado").json == {"ir": None}
    assert [alert.resolved_at for alert in site.shop.alerts()] == [None]
    assert visitor.page.locator("#pay").is_disabled()
    site.shop.gateway.heal()
    visitor.complaints.clear()
    visitor.page.reload()
    visitor.await_form()
    # Now it charges, and keeps silent about it.
    site.shop.gateway.fail("hang", "frame", executed=True, times=None)
    asked = site.shop.gateway.calls()["frame"]
    visitor.page.locator("#pay").click()
    assert site.shop.gateway.wait_for("frame", asked + 1)
    assert visitor.page.locator("#pay").is_disabled()
    visitor.page.clock.run_for(45_000)
    expect(visitor.page.get_by_role("alert")).to_contain_text("El formulario aún no responde")
    # Pressed again, the order is asked about before anything else.
    with visitor.leaving():
        visitor.page.locator("#pay").click()
    assert visitor.title == DONE
    assert orders(site, phone) == ["paid"]
    assert anybody.post(f"{own}/{site.shop.sales()[-1].id}/sin-formulario").status_code == 204
    assert [alert.resolved_at is None for alert in site.shop.alerts()] == [False]


@pytest.mark.usefixtures("soon_at_the_bank")
def test_an_error_leaves_the_button_free(open_browser: Visit, site: Site, phone: Phone) -> None:
    visitor = open_browser()
    open_frame(visitor, phone)
    card = visitor.page.frame_locator("#card iframe")
    card.locator("#cvc").fill("")
    visitor.page.locator("#pay").click()
    alert = visitor.page.get_by_role("alert")
    expect(alert).to_contain_text("Completa los datos de tu tarjeta")
    card.locator("#cvc").fill("123")
    site.shop.gateway.fail("status", "frame")
    visitor.page.locator("#pay").click()
    expect(alert).to_contain_text("nunca se cobra dos veces")
    visitor.complaints.clear()
    visitor.await_form()
    # A wallet is paid by its own button.
    with visitor.leaving():
        card.get_by_role("button", name="Apple Pay").click()
    visitor.await_title(DONE)
    assert orders(site, phone) == ["paid"]


def test_who_buys_again_elsewhere_is_charged_once(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    """The order that was left in its frame is closed before another is opened."""
    shop, form = f"/r/{site.router_id}", open_form(client, site, phone)
    bought = form | {"email_cliente": "ana@example.com"}
    first = client.post(f"{shop}/pagar", data=bought, follow_redirects=True)
    visit = {"v": form["v"]}
    plans = client.get(shop, query_string=visit).text
    assert "Tienes un pago sin terminar" in plans
    onward = re.search(r'href="([^"]+)">Seguir con mi pago', plans)
    assert onward is not None
    assert checkout_in(client.get(unescape(onward[1])).text) == checkout_in(first.text)
    query = visit | {"plan": str(site.shop.plan_id), "c": "another"}
    page = client.get(f"{shop}/pagar", query_string=query).text
    purchase = re.search(r'name="compra" value="([^"]+)"', page)
    assert purchase is not None
    another = visit | {"compra": purchase[1], "email_cliente": "luis@example.com"}
    second = client.post(f"{shop}/pagar", data=another, follow_redirects=True)
    assert checkout_in(second.text) != checkout_in(first.text)
    assert orders(site, phone) == ["canceled", None]


def test_who_does_not_reach_their_bank_from_it_is_let_in(
    client: FlaskClient, site: Site, phone: Phone
) -> None:
    """The frame shows the bank's own page, which no walled garden knows."""
    form = open_form(client, site, phone) | {"email_cliente": "ana@example.com"}
    site.shop.change(Company, passes_per_device=2, passes_per_router=1000)
    page = client.post(f"/r/{site.router_id}/pagar", data=form, follow_redirects=True).text
    assert "no se abre la página" in page
    (action,) = re.findall(r'action="([^"]+/pase[^"]*)"', page)
    answer = client.post(unescape(action), follow_redirects=True).text
    site.shop.change(Company, passes_per_device=0)
    assert "Tienes Internet lento para pagar" in answer
    assert checkout_in(answer) == checkout_in(page)
    online = [row["user"] for row in site.shop.router.active if row["mac-address"] == phone.mac]
    assert [user.startswith("pase-") for user in online] == [True]


def checkout_in(page: str) -> str:
    """Of which order the page shows the frame."""
    (found,) = re.findall(r'"checkout_id": "([^"]+)"', page)
    return str(found)
