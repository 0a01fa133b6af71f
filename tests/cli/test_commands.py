"""Test flask sales, flask alerts and flask router, as whoever runs the server types them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from click.testing import Result
from sqlalchemy import select

from portal.access.provisioning import mark_prefix
from portal.alerts.kinds import AlertKind
from portal.alerts.open_alerts import raise_alert
from portal.core.database import reading, writing
from portal.models import Access, AuditEntry, Plan, Sale, utc_now
from tests.sales.deferred.buying import ask, hear, take_all
from tests.support.lost_answers import losing
from tests.support.shop import OpenShop, Shop

LONG_AGO = "2020-01-01"


def run(shop: Shop, *args: str) -> Result:
    return shop.app.test_cli_runner().invoke(args=list(args))


def told(shop: Shop, *args: str) -> str:
    result = run(shop, *args)
    assert result.exit_code == 0, result.output
    return result.output


def actions(shop: Shop) -> list[tuple[str, str | None]]:
    query = select(AuditEntry).order_by(AuditEntry.id)
    with shop.app.app_context(), reading() as session:
        return [(entry.action, entry.target) for entry in session.scalars(query)]


def our_users(shop: Shop) -> list[str]:
    rows = shop.router.users.values()
    return [row["name"] for row in rows if row.get("comment", "").startswith("portal:")]


def test_show_tells_a_sale_s_history(shop: Shop) -> None:
    bought = shop.buy().json
    lines = told(shop, "sales", "show", bought["referencia"]).splitlines()
    assert bought["referencia"] in lines[0]
    assert "1 Hora de Internet, $20 MXN" in lines[0]
    assert "María García <maria@example.com>" in lines[1]
    assert bought["id_transaccion"] in lines[2]
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  "
    moves = [re.sub(stamp, "", line) for line in lines if re.match(stamp, line)]
    assert moves == [
        "Se abrió la venta, por la compra.",
        "El acceso y la orden quedaron listos, sin cobro, por la compra.",
        "Se pidió el cobro de $20 MXN, por la compra.",
        "Entraron $20 MXN de la tarjeta terminada en 4242, por la compra.",
        "Se entregó el acceso, por la compra.",
    ]
    assert "Ahora: entregada." in lines


def test_a_sale_is_found_as_logs_tell_it(shop: Shop) -> None:
    first, second = (shop.buy().json["referencia"] for _ in range(2))
    for told_as in (first[:12], first[:12] + "…"):
        assert first in told(shop, "sales", "show", told_as)
        assert first in told(shop, "sales", "refund", told_as, "--motivo", "x")
    assert [sale.state for sale in shop.sales()] == ["refunded", "delivered"]
    assert run(shop, "sales", "show", second[:8]).exit_code == 1


def test_show_tells_times_of_the_shop_s_own_zone(open_a_shop: OpenShop) -> None:
    shop = open_a_shop(time_zone="Pacific/Kiritimati")
    sale_id = shop.buy().json["referencia"]
    there = shop.sales()[0].created_at + timedelta(hours=14)
    assert there.strftime("%Y-%m-%d %H:%M") in told(shop, "sales", "show", sale_id)


def test_show_tells_days_as_days(shop: Shop) -> None:
    sale_id = shop.buy().json["referencia"]
    day = datetime(2031, 1, 2, 15, tzinfo=UTC)
    shop.change(Access, expires_at=day)
    shop.change(Sale, next_attempt_at=day)
    output = told(shop, "sales", "show", sale_id)
    assert "El trabajador la atiende el 2031-01-02 " in output
    assert "El acceso termina el 2031-01-02 " in output


def test_show_lets_nobody_in(shop: Shop) -> None:
    for kind in ("usuario_contrasena", "pin"):
        bought = shop.buy(tipo_usuario=kind).json
        user = bought["usuario_hotspot"]
        output = told(shop, "sales", "show", bought["referencia"])
        [line] = [line for line in output.splitlines() if line.startswith("Acceso: ")]
        assert user["contrasena"] not in line
        assert (user["usuario"] in line) == (kind == "usuario_contrasena")


def test_show_tells_what_went_wrong(shop: Shop) -> None:
    shop.buy(token_tarjeta="tok_test_card_declined")
    [sale] = shop.sales()
    output = told(shop, "sales", "show", sale.id)
    assert "Se decidió cancelar, por la compra: la tarjeta fue declinada." in output
    shop.change(Sale, state="charging", parked_reason="amount_mismatch")
    assert f"flask sales unpark {sale.id}" in told(shop, "sales", "show", sale.id)


def test_a_sale_that_is_not_there(shop: Shop) -> None:
    for sale_id in ("sal_0", "x" * 300, "sal_\x00"):
        for command in (("show",), ("refund", "--motivo", "x"), ("unpark",)):
            result = run(shop, "sales", *command, sale_id)
            assert (result.exit_code, result.output) == (1, "Error: Transacción no encontrada\n")


def test_refund(shop: Shop) -> None:
    sale_id = shop.buy().json["referencia"]
    assert "quedó devuelta" in told(shop, "sales", "refund", sale_id, "--motivo", "Se quejó")
    assert "quedó devuelta" in told(shop, "sales", "refund", sale_id, "--motivo", "Otra vez")
    assert shop.gateway.calls()["refund"] == 1
    assert actions(shop).count(("sale.refund", sale_id)) == 1
    output = told(shop, "sales", "show", sale_id)
    assert "Se decidió devolver $20 MXN y cerrar el acceso, por un operador: «Se quejó»." in output
    assert "Se devolvieron $20 MXN, por un operador." in output


def test_refund_says_when_it_is_not_certain(shop: Shop) -> None:
    sale_id = shop.buy().json["referencia"]
    with losing(shop, "hang", "refund"):
        output = told(shop, "sales", "refund", sale_id, "--motivo", "Se quejó")
    assert "No la repita" in output


def test_refund_says_why_not(shop: Shop) -> None:
    shop.buy(token_tarjeta="tok_test_card_declined")
    result = run(shop, "sales", "refund", shop.sales()[0].id, "--motivo", "Se quejó")
    assert result.exit_code == 1
    assert "no tiene un pago confirmado" in result.output
    result = run(shop, "sales", "refund", shop.sales()[0].id, "--motivo", " ")
    assert result.exit_code == 1
    assert "motivo" in result.output


def test_refund_books_what_went_back_past_the_gateway(shop: Shop) -> None:
    take_all(shop)
    order_id = ask(shop, "spei").json["id_transaccion"]
    shop.gateway.pay(order_id)
    hear(shop, order_id)
    sale_id = shop.sales()[0].id
    result = run(shop, "sales", "refund", sale_id, "--motivo", "Se quejó")
    assert result.exit_code == 1
    assert "devuelto a mano" in result.output
    by_hand = ("sales", "refund", sale_id, "--a-mano", "--motivo", "SPEI, rastreo 123")
    assert told(shop, *by_hand) == (
        f"Quedó anotado que se devolvió el dinero de la venta {sale_id}.\n"
    )
    assert "refund" not in shop.gateway.calls()
    assert our_users(shop) == []
    assert actions(shop)[-1] == ("sale.return", sale_id)
    assert run(shop, *by_hand).exit_code == 1


def test_refund_books_nothing_that_the_gateway_gives_back(shop: Shop) -> None:
    sale_id = shop.buy().json["referencia"]
    result = run(shop, "sales", "refund", sale_id, "--a-mano", "--motivo", "en efectivo")
    assert result.exit_code == 1
    assert "se devuelve por la pasarela" in result.output
    assert shop.sales()[0].state == "delivered"


def test_unpark_lets_the_worker_try_again(shop: Shop) -> None:
    shop.gateway.fail("cut", "charge", executed=True)
    shop.gateway.fail("cut", "look_up", times=None)
    sale_id = shop.buy().json["referencia"]
    shop.gateway.heal()
    shop.change(Sale, parked_reason="stuck", next_attempt_at=None)
    with shop.app.app_context(), writing() as session:
        raise_alert(session, shop.company_id, AlertKind.PARKED, sale_id, "Revise la venta.")
    assert shop.reconcile() == 0
    told(shop, "sales", "unpark", sale_id)
    told(shop, "reconcile")
    [sale] = shop.sales()
    assert (sale.state, sale.parked_reason) == ("delivered", None)
    assert [alert.resolved_at is None for alert in shop.alerts()] == [False]
    assert actions(shop)[-1] == ("sale.unpark", sale_id)
    result = run(shop, "sales", "unpark", sale_id)
    assert result.exit_code == 1


def test_compare(shop: Shop) -> None:
    good, bad = (shop.buy().json for _ in range(2))
    shop.change(Sale, updated_at=utc_now() - timedelta(minutes=1))
    output = told(shop, "sales", "compare", "--since", LONG_AGO)
    assert output.count("\n= ") + output.startswith("= ") == 2
    assert "Iguales: 2. Diferentes: 0. En curso: 0." in output
    shop.gateway.refund(bad["id_transaccion"], 2000)
    result = run(shop, "sales", "compare", "--since", LONG_AGO, "--empresa", shop.company_id)
    assert result.exit_code == 1
    [line] = [line for line in result.output.splitlines() if line.startswith("≠")]
    assert bad["referencia"] in line
    assert bad["id_transaccion"] in line
    assert "estado: aquí entregada, en la pasarela devuelta" in line
    assert "devuelto: aquí 0.00, en la pasarela 20.00" in line
    assert good["referencia"] in result.output


def test_compare_says_when_the_gateway_does_not_answer(shop: Shop) -> None:
    shop.buy()
    shop.gateway.fail("cut", "list", times=None)
    result = run(shop, "sales", "compare", "--since", LONG_AGO)
    assert result.exit_code == 1
    assert "quedan sin comparar" in result.output
    assert "no tiene la orden" not in result.output


def test_compare_refuses_what_it_does_not_understand(shop: Shop) -> None:
    assert run(shop, "sales", "compare", "--since", "ayer").exit_code == 2
    result = run(shop, "sales", "compare", "--since", LONG_AGO, "--empresa", "EMP_0000000000")
    assert (result.exit_code, result.output) == (1, "Error: Empresa no encontrada\n")


def test_alerts_are_listed_and_resolved(shop: Shop) -> None:
    assert told(shop, "alerts") == "No hay avisos.\n"
    with shop.app.app_context(), writing() as session:
        for _ in range(2):
            raise_alert(session, shop.company_id, AlertKind.PARKED, "sal_1", "Revise la venta.")
    [alert] = shop.alerts()
    line = told(shop, "alerts")
    assert line.startswith(f"{alert.id}  ")
    assert f"{shop.company_id} parked sal_1: Revise la venta. (×2)" in line
    assert told(shop, "alerts", "--empresa", "EMP_0000000000") == "No hay avisos.\n"
    assert run(shop, "alerts", "--resolve", "999").exit_code == 1
    told(shop, "alerts", "--resolve", str(alert.id))
    assert told(shop, "alerts") == "No hay avisos.\n"
    assert "[resuelto 20" in told(shop, "alerts", "--all")
    assert actions(shop)[-1] == ("alert.resolve", str(alert.id))


def test_an_outage_brings_back_who_was_cut_off(shop: Shop) -> None:
    shop.change(Plan, duration_seconds=3600, duration_from="purchase")
    user = shop.buy().json["usuario_hotspot"]["usuario"]
    began = utc_now() - timedelta(minutes=90)
    shop.change(Access, started_at=began, expires_at=began + timedelta(hours=1))
    shop.reconcile()
    assert our_users(shop) == []
    times = [(began + timedelta(minutes=m)).isoformat() for m in (20, 70)]
    command = ("router", "outage", shop.router_id, "--from", times[0], "--to", times[1])
    output = told(shop, *command)
    assert "1 accesos: 0:50:00" in output
    assert "Vuelven a abrirse 1" in output
    shop.reconcile()
    assert our_users(shop) == [user]
    assert "0 accesos: 0:00:00" in told(shop, *command)
    [access] = shop.accesses()
    assert access.expires_at == began + timedelta(minutes=110)


def test_restore_makes_a_router_what_our_records_say(shop: Shop) -> None:
    users = {shop.buy().json["usuario_hotspot"]["usuario"] for _ in range(3)}
    with shop.app.app_context():
        leftover = mark_prefix() + "acc_nobody"
    for row in shop.router.rows("/ip/hotspot/user"):
        if row.get("name") in users:
            shop.router.execute("/ip/hotspot/user/remove", **{".id": row[".id"]})
    for name, comment in (("LEFT", leftover), ("GUEST", ""), ("OTHER", "portal:another:acc_1")):
        shop.router.add_user(name, "x", comment=comment)
    output = told(shop, "router", "restore", shop.router_id)
    assert "había perdido 3 usuarios y tenía 1 de más. Se atendieron 3 accesos." in output
    names = {row["name"] for row in shop.router.users.values() if "name" in row}
    assert names >= users | {"GUEST", "OTHER"}
    assert "LEFT" not in names
    again = told(shop, "router", "restore", shop.router_id)
    assert "había perdido 0 usuarios y tenía 0 de más." in again


def test_restore_says_what_is_wrong_with_the_router(shop: Shop) -> None:
    shop.buy()
    shop.router.go_down()
    result = run(shop, "router", "restore", shop.router_id)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert run(shop, "router", "restore", "RTR_00000000").exit_code == 1
