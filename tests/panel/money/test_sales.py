"""Test that an operator finds a sale, reads what happened to it, and puts it right."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import update

from portal.core.database import writing
from portal.models import Access, Sale, utc_now
from portal.models.admin_user import Role
from portal.panel.sales import listing
from portal.sandbox.smtp import SmtpSandbox
from tests.api.admin.sold import make_sale
from tests.panel.addresses import SoldTenant
from tests.panel.client import PanelClient, panel_of
from tests.sales.deferred.buying import ask, hear, take_all
from tests.support.databases.queries import recorded_queries
from tests.support.mail import mailing
from tests.support.shop import OpenShop, Shop

NOON = datetime(2025, 3, 10, 18, tzinfo=UTC)
SALE = re.compile(r'href="/panel/ventas/(sal_[0-9a-f]{32})"')
NEXT = re.compile(r'href="(/panel/ventas\?[^"]*despues=[^"]*)"')


def found(panel: PanelClient, query: str = "") -> list[str]:
    answer = panel.get(f"/panel/ventas?{query}")
    assert answer.status_code == 200
    return SALE.findall(answer.text)


def test_sales_are_searched_and_filtered(
    app: Flask, tenant: SoldTenant, panel: PanelClient
) -> None:
    wanted = make_sale(
        app, tenant, NOON, "delivered", customer_name="Zoé Núñez", card_last4="4242", amount=7777
    )
    parked = make_sale(app, tenant, NOON, "pending", parked_reason="stuck")
    every = {wanted, parked, tenant.sale_id}
    assert set(found(panel)) == every
    for query in ("q=nunez", "q=4242", "q=%2477.77", f"q={wanted}"):
        assert found(panel, query) == [wanted]
    assert found(panel, "estado=por_atender") == found(panel, "estado=pending") == [parked]
    assert set(found(panel, f"router={tenant.router_id}&plan={tenant.plan_ids[0]}")) == every
    assert found(panel, f"plan={tenant.plan_ids[1]}") == []
    assert set(found(panel, "desde=2025-03-10&hasta=2025-03-10")) == {wanted, parked}
    assert found(panel, "desde=2025-03-11") == [tenant.sale_id]
    # What makes no sense is as if it were not there.
    nonsense = "estado=x&plan=-1&desde=ayer&hasta=9999-12-31&despues=x"
    assert set(found(panel, nonsense)) == every


def test_a_router_of_somebody_else_is_not_found(app: Flask, panel: PanelClient) -> None:
    assert panel.get("/panel/ventas?router=RTR_00000000").status_code == 404


def test_pages_go_on_where_they_ended(
    app: Flask, tenant: SoldTenant, panel: PanelClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "A_PAGE", 2)
    made = [make_sale(app, tenant, NOON, "delivered") for _ in range(3)]
    made += [make_sale(app, tenant, NOON + timedelta(seconds=1), "delivered")]
    seen, path = [], "/panel/ventas?q=maria"
    while path:
        text = panel.get(path).text
        seen += SALE.findall(text)
        more = NEXT.search(text)
        path = unescape(more[1]) if more else ""
    assert len(seen) == 5
    assert set(seen) == {*made, tenant.sale_id}


def test_a_page_asks_a_few_questions(app: Flask, tenant: SoldTenant, panel: PanelClient) -> None:
    for _ in range(5):
        make_sale(app, tenant, NOON, "delivered")
    for path, most in (
        ("/panel/ventas", 16),
        ("/panel/ventas?q=maria&estado=paid", 22),
        (f"/panel/ventas/{tenant.sale_id}", 10),
    ):
        with recorded_queries(app) as statements:
            panel.get(path)
        assert len(statements) <= most, "\n".join(statements)


def test_the_table_is_what_the_list_shows(
    app: Flask, tenant: SoldTenant, panel: PanelClient
) -> None:
    wanted = make_sale(app, tenant, NOON, "delivered", customer_name="=1+1 José")
    answer = panel.get("/panel/ventas.csv?q=jose")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ventas.csv"'
    [row] = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert (row["id"], row["nombre"]) == (wanted, "'=1+1 José")
    # As the page has it; the API's table has the JSON's words.
    assert row["estado_pago"] == "Pagada"


def test_a_cashier_takes_no_table_of_customers_away(
    panel: PanelClient, cashier_panel: PanelClient
) -> None:
    assert "/panel/ventas.csv" in panel.get("/panel/ventas").text
    assert "/panel/ventas.csv" not in cashier_panel.get("/panel/ventas").text
    assert cashier_panel.get("/panel/ventas.csv").status_code == 403


@pytest.fixture
def counter(shop: Shop) -> PanelClient:
    assert shop.buy().status_code == 200
    return panel_of(shop.app, shop.company_id)


def page_of(shop: Shop, panel: PanelClient) -> str:
    [sale] = shop.sales()
    answer = panel.get(f"/panel/ventas/{sale.id}")
    assert answer.status_code == 200
    return unescape(answer.text)


def press(shop: Shop, panel: PanelClient, action: str, **fields: str) -> str:
    [sale] = shop.sales()
    answer = panel.post(f"/panel/ventas/{sale.id}/{action}", **fields)
    return unescape(panel.follow(answer).text)


def test_our_history_stands_beside_the_gateway_s(shop: Shop, counter: PanelClient) -> None:
    text = page_of(shop, counter)
    assert "Entraron $20 MXN de la tarjeta terminada en 4242, por la compra." in text
    assert "pagada, por 20.00 MXN." in text
    assert "Coincide con lo nuestro." in text
    [sale] = shop.sales()
    assert sale.order_id is not None
    shop.gateway.refund(sale.order_id, 500)
    assert "No coincide: devuelto: aquí 0.00, en la pasarela 5.00." in page_of(shop, counter)
    shop.gateway.unplug()
    assert "No se pudo mirar: la pasarela no respondió a tiempo." in page_of(shop, counter)


def test_in_english_too(shop: Shop, counter: PanelClient) -> None:
    [sale] = shop.sales()
    text = unescape(counter.get(f"/panel/ventas/{sale.id}?lang=en").text)
    assert "$20 MXN came in from the card that ends in 4242, by the purchase." in text
    assert "It agrees with ours." in text


def test_a_refund_says_what_it_does_first(shop: Shop, counter: PanelClient) -> None:
    [sale] = shop.sales()
    assert f"/panel/ventas/{sale.id}/reembolso" in page_of(shop, counter)
    form = unescape(counter.get(f"/panel/ventas/{sale.id}/reembolso").text)
    assert "Su acceso se cierra ahora mismo" in form
    assert counter.post(f"/panel/ventas/{sale.id}/reembolso", motivo=" ").status_code == 422
    assert [sale.state for sale in shop.sales()] == ["delivered"]
    text = press(shop, counter, "reembolso", motivo="No pudo conectarse")
    assert "Listo: se devolvió el dinero y se cerró el acceso." in text
    assert "«No pudo conectarse»" in text
    assert "/reembolso" not in text
    assert counter.get(f"/panel/ventas/{sale.id}/reembolso").status_code == 409


def test_what_the_gateway_cannot_give_back_is_booked(shop: Shop) -> None:
    take_all(shop)
    asked = ask(shop, "spei").json
    counter = panel_of(shop.app, shop.company_id)
    text = page_of(shop, counter)
    assert "Se dijo al cliente cómo pagar $20 MXN (SPEI)" in text
    assert "Se puede pagar hasta" in text
    assert asked["accion_requerida"]["clabe"] in text
    shop.gateway.pay(asked["id_transaccion"])
    hear(shop, asked["id_transaccion"])
    form = unescape(counter.get(f"/panel/ventas/{asked['referencia']}/reembolso").text)
    assert "La pasarela no puede devolver este pago" in form
    assert "maria@example.com" in form
    assert "vuelve completo a la tarjeta" not in form
    text = press(shop, counter, "reembolso", motivo="SPEI 123", a_mano="1")
    assert "Listo: quedó registrado que devolvió el dinero" in text
    assert "Se devolvieron $20 MXN, por un operador: devuelto a mano, SPEI 123." in text
    assert [sale.state for sale in shop.sales()] == ["refunded"]


def test_too_little_goes_back_by_hand_and_nothing_else_is_offered(shop: Shop) -> None:
    take_all(shop)
    order_id = ask(shop, "spei").json["id_transaccion"]
    shop.gateway.pay(order_id, amount=1500)
    hear(shop, order_id)
    counter = panel_of(shop.app, shop.company_id)
    path = f"/panel/ventas/{shop.sales()[0].id}"
    today = counter.get("/panel/").text
    assert f'href="{path}/reembolso"' in today
    assert f"{path}/seguir" not in today
    assert f"{path}/seguir" not in counter.get(path).text
    form = unescape(counter.get(f"{path}/reembolso").text)
    assert "Devolver $15 MXN" in form
    assert "no abrió ningún acceso ni cuenta en sus ingresos" in form
    assert "el código deja de servir" not in form
    assert "se descuenta de sus ingresos" not in form


def test_who_paid_too_much_is_carried_on(shop: Shop) -> None:
    """What waits for its router is no part: its buyer has paid, and more than the price."""
    take_all(shop)
    shop.router.faults.cut_before(times=None)
    order_id = ask(shop, "spei").json["id_transaccion"]
    shop.gateway.pay(order_id, amount=2500)
    hear(shop, order_id)
    shop.change(Sale, parked_reason="stuck")
    counter = panel_of(shop.app, shop.company_id)
    path = f"/panel/ventas/{shop.sales()[0].id}"
    assert f"{path}/seguir" in counter.get("/panel/").text
    assert f"{path}/seguir" in counter.get(path).text
    form = unescape(counter.get(f"{path}/reembolso").text)
    assert "Devolver $20 MXN" in form
    assert "no abrió ningún acceso" not in form
    shop.router.faults.clear()
    press(shop, counter, "seguir")
    shop.reconcile()
    assert [sale.state for sale in shop.sales()] == ["delivered"]


def test_a_part_that_went_back_is_not_asked_for_twice(shop: Shop) -> None:
    take_all(shop)
    order_id = ask(shop, "spei").json["id_transaccion"]
    shop.gateway.pay(order_id, amount=1000)
    hear(shop, order_id)
    counter = panel_of(shop.app, shop.company_id)
    path = f"/panel/ventas/{shop.sales()[0].id}"
    press(shop, counter, "reembolso", motivo="SPEI 123", a_mano="1")
    # Its gateway has said nothing of it for a day.
    shop.change(Sale, parked_reason="stuck")
    text = counter.get(path).text
    assert f"{path}/reembolso" not in text
    assert f"{path}/seguir" in text
    shop.gateway.pay(order_id, amount=1000)
    press(shop, counter, "seguir")
    shop.reconcile()
    form = unescape(counter.get(f"{path}/reembolso").text)
    assert "Devolver $10 MXN" in form
    assert "reste lo que" not in form
    # From before it was kept.
    shop.change(Sale, amount_returned=None)
    assert "reste lo que ya devolvió" in unescape(counter.get(f"{path}/reembolso").text)


@pytest.mark.parametrize("more", [500, 1000])
def test_what_came_while_a_part_was_given_back_is_not_booked_with_it(shop: Shop, more: int) -> None:
    take_all(shop)
    order_id = ask(shop, "spei").json["id_transaccion"]
    shop.gateway.pay(order_id, amount=1000)
    hear(shop, order_id)
    counter = panel_of(shop.app, shop.company_id)
    path = f"/panel/ventas/{shop.sales()[0].id}/reembolso"
    form = counter.get(path).text
    typed = dict(re.findall(r'<input type="hidden" name="(a_mano|importe)" value="([^"]+)"', form))
    shop.gateway.pay(order_id, amount=more)
    hear(shop, order_id, "evt_2")
    before = shop.sales()[0]
    assert counter.post(path, motivo="SPEI 123", **typed).status_code == 409
    [sale] = shop.sales()
    assert (sale.state, sale.amount_returned) == (before.state, None)
    whole = {"state": "delivered", "parked_reason": None}
    held = {"state": "pending", "parked_reason": "amount_mismatch"}
    wanted = whole if more == 1000 else held
    assert {name: getattr(sale, name) for name in wanted} == wanted
    if more == 500:
        press(shop, counter, "reembolso", motivo="SPEI 124", **typed | {"importe": "15.00"})
        assert shop.sales()[0].amount_returned == 1500


def test_the_gateway_is_asked_again_for_what_was_missing(shop: Shop) -> None:
    take_all(shop)
    order_id = ask(shop, "spei").json["id_transaccion"]
    shop.gateway.pay(order_id, amount=1500)
    hear(shop, order_id)
    counter = panel_of(shop.app, shop.company_id)
    assert "/preguntar" in page_of(shop, counter)
    said = press(shop, counter, "preguntar")
    assert "Listo: se preguntó a la pasarela" in said
    assert [sale.parked_reason for sale in shop.sales()] == ["amount_mismatch"]
    shop.gateway.pay(order_id, amount=500)
    shop.gateway.fail("status", "look_up", times=None)
    [sale] = shop.sales()
    assert counter.post(f"/panel/ventas/{sale.id}/preguntar").status_code == 503
    shop.gateway.heal()
    assert "/preguntar" not in press(shop, counter, "preguntar")
    [sale] = shop.sales()
    assert (sale.state, sale.parked_reason) == ("delivered", None)
    assert shop.history(sale.id)[-2:] == ["paid", "delivered"]
    assert counter.post(f"/panel/ventas/{sale.id}/preguntar").status_code == 409


def test_a_cashier_gives_nothing_back(shop: Shop, counter: PanelClient) -> None:
    cashier = panel_of(shop.app, shop.company_id, Role.CASHIER)
    [sale] = shop.sales()
    text = page_of(shop, cashier)
    assert "/reembolso" not in text
    assert "/entregar" in text
    for action in ("reembolso", "seguir"):
        answer = cashier.post(f"/panel/ventas/{sale.id}/{action}", motivo="x")
        assert answer.status_code == 403
    assert [sale.state for sale in shop.sales()] == ["delivered"]


def test_what_is_stuck_is_carried_on(shop: Shop, counter: PanelClient) -> None:
    assert "Listo: el router tiene el acceso." in press(shop, counter, "entregar")
    shop.change(Sale, parked_reason="amount_mismatch")
    assert "el importe que se pagó no es el de la venta" in page_of(shop, counter)
    assert "Listo: el sistema sigue con esta venta." in press(shop, counter, "seguir")
    with shop.app.app_context(), writing() as session:
        session.execute(update(Sale).values(next_attempt_at=utc_now() + timedelta(hours=1)))
    assert "Listo: el sistema la atiende ahora." in press(shop, counter, "reintentar")
    shop.change(Access, wanted="absent")
    [sale] = shop.sales()
    refused = counter.post(f"/panel/ventas/{sale.id}/entregar")
    assert refused.status_code == 409
    assert "vigente" in refused.text


def test_the_receipt_again(open_a_shop: OpenShop) -> None:
    with SmtpSandbox() as mail:
        shop = open_a_shop(**mailing(mail.port))
        assert shop.buy().status_code == 200
        panel = panel_of(shop.app, shop.company_id)
        assert "Listo: el recibo salió a maria@example.com." in press(shop, panel, "recibo")
    assert len(mail.messages) == 1
