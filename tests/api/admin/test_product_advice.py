"""Test what whoever saves a product is told of its routers' profiles: row 10 of the reports."""

from __future__ import annotations

import threading

import pytest

from portal.core.database import writing
from portal.models import Plan, Router
from portal.operators import plan_advice
from tests.api.admin.caller import Caller, log_in
from tests.support.patience import PATIENCE
from tests.support.shop import OpenShop, Shop

PROFILES = "/ip/hotspot/user/profile/print"
WEEK = {"nombre_venta": "Semana", "precio": "99.90", "perfil_mikrotik_nombre": "semana"} | {
    "duracion_minutos": 10080
}


@pytest.fixture
def products(shop: Shop) -> Caller:
    return log_in(shop.app).acting_for(shop.company_id).at("/api/v1/admin/products")


def advice(answer: object) -> list[str]:
    assert answer.status_code in (200, 201), answer.text  # type: ignore[attr-defined]
    found: list[str] = answer.json["avisos"]  # type: ignore[attr-defined]
    return found


def test_a_profile_that_the_router_lacks(products: Caller, shop: Shop) -> None:
    answer = products.post("", WEEK)
    assert answer.status_code == 201
    [said] = advice(answer)
    assert said.startswith("Router «Patio»: no tiene el perfil «semana». Créelo: /ip hotspot user")
    shop.router.add_profile("semana")
    assert advice(products.put(f"/{answer.json['id']}", {"precio": "120.00"})) == []


def test_each_thing_that_breaks_the_promise(products: Caller, shop: Shop) -> None:
    script = '/ip hotspot user set [find name=$user] comment=""'
    shop.router.add_profile(
        "semana",
        session_timeout="30m",
        shared_users="200",
        add_mac_cookie="no",
        on_login=script,
        rate_limit="1M/1M",
    )
    answer = products.post("", WEEK | {"velocidad": "5 Mbps"})
    begin = "Router «Patio»: perfil «semana», "
    said = [line.removeprefix(begin).partition(":")[0] for line in advice(answer)]
    assert said == ["rate-limit", "shared-users", "session-timeout", "add-mac-cookie", "on-login"]
    assert all(line.startswith(begin) and "Corríjalo: /ip " in line for line in advice(answer))


def test_a_product_of_every_router(products: Caller, shop: Shop) -> None:
    shop.router.add_profile("semana")
    with shop.app.app_context(), writing() as session:
        gone = Router(
            company_id=shop.company_id, name="Azotea", host="127.0.0.1", port=1, username="api"
        )
        session.add(gone)
        session.flush()
        gone.password = "secret"
    [said] = advice(products.post("", WEEK))
    assert said.startswith("Router «Azotea»: no se pudo mirar el perfil «semana». El router no")
    assert (
        advice(products.post("", WEEK | {"nombre_venta": "Otra", "router_id": shop.router_id}))
        == []
    )


def test_a_router_that_is_paused_and_a_product_that_is_not_sold(
    products: Caller, shop: Shop
) -> None:
    assert advice(products.post("", WEEK | {"activo": False})) == []
    shop.change(Router, active=False)
    assert advice(products.post("", WEEK)) == []


def test_a_router_that_hangs_is_said_and_nobody_else_waits(
    open_a_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is held meanwhile: another product of the company is saved."""
    monkeypatch.setattr(plan_advice, "SECONDS", 1.5)
    shop = open_a_shop()
    products = log_in(shop.app).acting_for(shop.company_id).at("/api/v1/admin/products")
    shop.router.faults.hang(PROFILES)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(products.post("", WEEK)))
    asking.start()
    while shop.router.faults.pending():
        asking.join(0.01)
        assert asking.is_alive()
    with shop.app.app_context(), writing() as session:
        session.get_one(Plan, shop.plan_id).name = "Otra hora"
    was_waiting = asking.is_alive()
    asking.join(PATIENCE)
    assert was_waiting
    assert answers[0].status_code == 201
    [said] = answers[0].json["avisos"]
    assert said.startswith("Router «Patio»: no se pudo mirar el perfil «semana».")


def test_more_than_anybody_reads_is_cut_short(
    products: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_advice, "MOST_SAID", 1)
    shop.router.add_profile("semana", session_timeout="30m", add_mac_cookie="no", shared_users="2")
    said = advice(products.post("", WEEK))
    assert len(said) == 2
    assert said[1].startswith("Y 2 avisos más")


def test_the_list_and_the_product_have_none(products: Caller) -> None:
    saved = products.post("", WEEK).json
    assert "avisos" not in products.get(f"/{saved['id']}").json
    described = products.at("").get("/api/openapi.json").json
    operations = described["paths"]["/api/v1/admin/products"]
    schemas = [
        operations[method]["responses"][status]["content"]["application/json"]["schema"]["$ref"]
        for method, status in (("post", "201"), ("get", "200"))
    ]
    saved, page = (described["components"]["schemas"][ref.rpartition("/")[2]] for ref in schemas)
    assert saved["properties"]["avisos"]["type"] == "array"
    assert "avisos" not in str(page)
