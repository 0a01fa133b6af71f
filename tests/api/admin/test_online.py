"""Test who is online, why somebody is not, and what is given away, over the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from portal.models import Access, Plan, utc_now
from portal.models.admin_user import Role
from tests.api.admin.caller import Caller, log_in
from tests.support.shop import IP, MAC, Shop, open_shop
from tests.support.tenants import make_tenant


@dataclass(frozen=True)
class Desk:
    """A shop, and its owner at the API of its router."""

    shop: Shop
    owner: Caller

    @property
    def router(self) -> str:
        return f"/mi-empresa/routers/{self.shop.router_id}"


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Somebody is online with an hour from the purchase."""
    with open_shop(tmp_path_factory.mktemp("instance"), None, log_level="ERROR") as shop:
        shop.change(Plan, duration_seconds=3600, duration_from="purchase")
        assert shop.buy(conexion_automatica=True).status_code == 200
        yield Desk(shop, log_in(shop.app, shop.company_id).at("/api/v1/admin"))


@pytest.fixture
def desk(sold: Desk) -> Desk:
    if not sold.shop.router.active:
        user = next(iter(sold.shop.router.users.values()))
        sold.shop.router.log_in(user["name"], user["password"], IP)
    return sold


def test_who_is_online(desk: Desk) -> None:
    page = desk.owner.get(f"{desk.router}/activos").json
    assert (page["total"], page["limit"], page["offset"]) == (1, 50, 0)
    [row] = page["activos"]
    assert (row["mac"], row["ip"], row["propio"]) == (MAC, IP, True)
    assert (row["producto"], row["cliente"]) == ("1 Hora de Internet", "María García")
    assert 0 < row["restan_segundos"] <= 3600
    assert row["restan_bytes"] is None
    [access] = desk.shop.accesses()
    assert row["acceso_id"] == access.id
    assert desk.shop.name_of(access) == row["usuario"]


def test_a_session_is_ended_once(desk: Desk) -> None:
    [row] = desk.owner.get(f"{desk.router}/activos").json["activos"]
    path = f"{desk.router}/activos/{row['id']}/desconectar"
    assert desk.owner.post(path).status_code == 200
    assert desk.shop.router.active == []
    assert desk.owner.post(path).status_code == 404
    assert desk.owner.post(f"{desk.router}/activos/zz/desconectar").status_code == 404


def test_why_somebody_is_not_online(desk: Desk) -> None:
    path = f"{desk.router}/diagnostico"
    answer = desk.owner.get(path, mac=MAC.lower().replace(":", "-")).json
    assert answer["codigo"] == "online"
    assert MAC in answer["frase"]
    assert answer["remedio"] == {"codigo": "disconnect", "texto": "Desconectar"}
    assert [step["paso"] for step in answer["pasos"]][:3] == ["dinero", "acceso", "router"]
    assert answer["no_visto"] is None
    assert answer["otros"] == []
    by_email = desk.owner.get(path, email="maria@example.com").json
    assert by_email["acceso_id"] == answer["acceso_id"]
    assert desk.owner.get(path, acceso=answer["acceso_id"]).json["codigo"] == "online"
    assert desk.owner.get(path, codigo="NADIE1").json["codigo"] == "unknown_code"
    assert desk.owner.get(path, mac=MAC, codigo="x").status_code == 422
    nobody = desk.owner.get(path).json
    assert nobody["codigo"] == "unknown_device"
    assert "NAT" in nobody["frase"]


def test_sentences_are_spanish_whatever_the_browser_prefers(desk: Desk) -> None:
    desk.owner.headers["Accept-Language"] = "en"
    try:
        answer = desk.owner.get(f"{desk.router}/diagnostico", mac=MAC).json
    finally:
        del desk.owner.headers["Accept-Language"]
    assert "está en línea desde hace" in answer["frase"]


def test_time_is_given_with_a_reason(desk: Desk) -> None:
    [access] = desk.shop.accesses()
    path = f"/mi-empresa/accesos/{access.id}/tiempo"
    gift = desk.owner.post(path, {"minutos": 30, "motivo": "Se fue la luz"}).json
    assert (gift["en_router"], gift["usuario_cambio"]) == (True, False)
    assert 3600 < gift["restan_segundos"] <= 3600 + 1800
    assert desk.owner.post(path, {"motivo": "Nada"}).status_code == 422
    assert desk.owner.post(path, {"minutos": 5}).status_code == 422
    assert desk.owner.post(path, {"megabytes": 5, "motivo": "x"}).status_code == 409


def test_a_routers_state_stands_in_its_json(desk: Desk) -> None:
    desk.owner.get(f"/routers/{desk.shop.router_id}/test-connection")
    state = desk.owner.get(desk.router).json["estado"]
    assert (state["en_linea"], state["version"]) == (True, "7.20.8 (stable)")
    assert state["ultimo_contacto"]
    assert "7.23.4" in state["avisos"][0]
    [listed] = desk.owner.get("/mi-empresa/routers").json["routers"]
    assert listed["estado"] == state


def test_a_cashier_looks_and_disconnects_and_gives_nothing(desk: Desk) -> None:
    cashier = log_in(desk.shop.app, desk.shop.company_id, Role.CASHIER).at("/api/v1/admin")
    [row] = cashier.get(f"{desk.router}/activos").json["activos"]
    assert cashier.get(f"{desk.router}/diagnostico", mac=MAC).json["codigo"] == "online"
    gift = {"minutos": 5, "motivo": "x"}
    path = f"/mi-empresa/accesos/{row['acceso_id']}/tiempo"
    assert cashier.post(path, gift).status_code == 403
    assert cashier.post(f"{desk.router}/activos/{row['id']}/desconectar").status_code == 200


def test_another_company_gets_404(desk: Desk) -> None:
    [row] = desk.owner.get(f"{desk.router}/activos").json["activos"]
    other = log_in(desk.shop.app, make_tenant(desk.shop.app).company_id).at("/api/v1/admin")
    gift = {"minutos": 5, "motivo": "x"}
    answers = [
        other.get(f"{desk.router}/activos"),
        other.get(f"{desk.router}/diagnostico", mac=MAC),
        other.post(f"{desk.router}/activos/{row['id']}/desconectar"),
        other.post(f"/mi-empresa/accesos/{row['acceso_id']}/tiempo", gift),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len(desk.shop.router.active) == 1


def test_a_router_that_is_away_is_said_to_be(desk: Desk) -> None:
    desk.shop.router.go_down()
    try:
        assert desk.owner.get(f"{desk.router}/activos").status_code == 503
        answer = desk.owner.get(f"{desk.router}/diagnostico", mac=MAC).json
        assert answer["codigo"] == "router_away"
        assert answer["no_visto"].startswith("No se pudo mirar: ")
        assert desk.owner.get(desk.router).json["estado"]["en_linea"] is False
    finally:
        desk.shop.router.come_up()


def test_what_has_ended_is_said_with_its_end(desk: Desk) -> None:
    desk.shop.change(Access, expires_at=utc_now() - timedelta(hours=2))
    answer = desk.owner.get(f"{desk.router}/diagnostico", mac=MAC).json
    assert answer["codigo"] == "time_over"
    assert answer["frase"].startswith("Se acabó el tiempo de «1 Hora de Internet»: terminó el ")
    assert answer["remedio"]["codigo"] == "give_time"
