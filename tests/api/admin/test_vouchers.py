"""Test codes sold for cash over the API: by whom, in which words, and as which files."""

from __future__ import annotations

import csv
import io

import pypdfium2
import pytest
from flask import Flask

from portal.core.database import writing
from portal.models import Plan
from portal.operators.people import users
from tests.api.admin.caller import Caller
from tests.support.scanning import cells, scanned
from tests.support.shop import OpenShop, Shop
from tests.support.tenants import ACTOR, CHEAP_HASH, PASSWORD
from tests.support.thermal_printer import printed

CODES = "/api/v1/admin/mi-empresa/fichas"


@pytest.fixture
def shop(open_a_shop: OpenShop) -> Shop:
    return open_a_shop(public_url="https://wifi.example.mx")


def caller(shop: Shop, role: str) -> Caller:
    """Somebody of the shop's company, logged in."""
    app: Flask = shop.app
    email = f"{role}@example.com"
    with app.app_context(), writing() as session:
        users.create_in(
            session,
            ACTOR,
            CHEAP_HASH,
            email=email,
            name=role.title(),
            role=role,
            company_id=shop.company_id,
        )
    client = app.test_client()
    answer = client.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
    return Caller(client, {"Authorization": f"Bearer {answer.json['access_token']}"}, CODES)


@pytest.fixture
def owner(shop: Shop) -> Caller:
    return caller(shop, "cliente_admin")


def make(shop: Shop) -> None:
    """Let cron's worker come by."""
    assert shop.app.test_cli_runner().invoke(args=["reconcile"]).exit_code == 0


def test_a_code_is_sold_shown_and_voided(shop: Shop, owner: Caller) -> None:
    body = {"producto_id": shop.plan_id, "clave": "caja-1"}
    sold = owner.post("", body)
    assert sold.status_code == 201
    code = sold.json["codigo"]
    assert code in shop.router.users
    assert sold.json["enlace"] == f"https://wifi.example.mx/r/{shop.router_id}/codigo#c={code}"
    assert owner.post("", body).json == sold.json
    assert owner.get(f"/{sold.json['id']}").json["codigo"] == code
    [listed] = owner.get("").json["fichas"]
    assert listed["codigo"] == f"••••{code[-2:]}"
    assert owner.get("", q=code).json["total"] == 1
    assert owner.get("", estado="usada").json["total"] == 0
    voided = owner.post(f"/{sold.json['id']}/anular", {"motivo": "Se equivocó"})
    assert voided.json["estado"] == "anulada"
    assert voided.json["enlace"] is None
    assert code not in voided.text


def test_a_cashier_sells_and_looks_and_nothing_more(shop: Shop, owner: Caller) -> None:
    cashier = caller(shop, "cajero")
    sold = cashier.post("", {"producto_id": shop.plan_id})
    assert sold.status_code == 201
    assert sold.json["vendedor"]["nombre"] == "Cajero"
    assert cashier.get("").status_code == 200
    assert cashier.get(f"/{sold.json['id']}.escpos").status_code == 200
    gift = {"producto_id": shop.plan_id, "cortesia": True}
    assert cashier.post("", gift).status_code == 403
    assert owner.post("", gift).json["cortesia"] is True
    for method, path in (
        ("POST", f"/{sold.json['id']}/anular"),
        ("GET", "/reporte"),
        ("GET", "/cortes"),
        ("GET", "/lotes"),
        ("POST", "/lotes"),
    ):
        assert cashier.call(method, path, json={}).status_code == 403, path


def test_a_batch_is_made_printed_and_voided(shop: Shop, owner: Caller) -> None:
    shop.change(Plan, duration_seconds=3600, duration_from="purchase")
    order = {
        "producto_id": shop.plan_id,
        "cantidad": 30,
        "vendedor": "Abarrotes Lupe",
        "precio": "18.00",
        "prefijo": "kf",
        "usar_antes": "2099-06-30",
    }
    made = owner.post("/lotes", order)
    assert made.status_code == 201, made.text
    assert (made.json["hechas"], made.json["en_curso"]) == (0, True)
    # The company's own midnight.
    assert made.json["usar_antes"] == "2099-07-01T06:00:00+00:00"
    make(shop)
    path = f"/lotes/{made.json['id']}"
    told = owner.get(path).json
    assert (told["hechas"], told["en_curso"], told["prefijo"]) == (30, False, "KF")
    assert told["fichas"]["disponibles"] == 30
    codes = [row["codigo"] for row in table(owner, path)]
    links = {f"https://wifi.example.mx/r/{shop.router_id}/codigo#c={bare(code)}" for code in codes}
    assert read_off_sheets(owner, path) == links
    thermal = owner.get(f"{path}.escpos", papel="80", desde=29, wifi="Café").data
    pictures = [text for picture in printed(thermal).pictures for text in scanned(picture)]
    assert pictures[0] == "WIFI:T:nopass;S:Café;;"
    assert len(pictures) == 4
    assert set(pictures[1::2]) < links
    assert "Úsala" in printed(thermal).text.replace("Usala", "Úsala")
    voided = owner.post(f"{path}/anular", {"motivo": "Se perdieron"}).json
    assert voided["fichas"]["anuladas"] == 30
    assert owner.get(f"{path}.escpos").data == b""
    assert all(row["codigo"].startswith('="••••') for row in table(owner, path))


def table(owner: Caller, path: str) -> list[dict[str, str]]:
    """The rows of a batch's table."""
    answer = owner.get(f"{path}.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def bare(cell: str) -> str:
    return cell.removeprefix('="').removesuffix('"')


def read_off_sheets(owner: Caller, path: str) -> set[str]:
    document = pypdfium2.PdfDocument(owner.get(f"{path}.pdf", papel="carta").data)
    pages = [page.render(scale=200 / 72).to_pil() for page in document]
    return {text for page in pages for cell in cells(page) for text in scanned(cell)}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prefijo", "K"),
        ("prefijo", "KIO"),
        ("cantidad", 5001),
        ("cantidad", 0),
        ("precio", "-1"),
        ("usar_antes", "2020-01-01"),
        ("otro", 1),
    ],
)
def test_what_cannot_be_made_is_said_by_field(
    shop: Shop, owner: Caller, field: str, value: object
) -> None:
    order = {"producto_id": shop.plan_id, "cantidad": 3, "vendedor": "Lupe", field: value}
    answer = owner.post("/lotes", order)
    assert answer.status_code == 422
    assert list(answer.json["errores"]) == [field]


def test_cash_is_handed_over_and_reported(shop: Shop, owner: Caller) -> None:
    for _ in range(2):
        owner.post("", {"producto_id": shop.plan_id})
    [held] = owner.get("/cortes").json["por_entregar"]
    assert (held["importe"], held["fichas"]) == ("40.00", 2)
    body = {"vendedor_id": held["vendedor"]["id"], "importe": "20.00"}
    assert owner.post("/cortes", body).status_code == 409
    made = owner.post("/cortes", body | {"importe": "40.00"})
    assert (made.status_code, made.json["importe"]) == (201, "40.00")
    page = owner.get("/cortes").json
    assert (page["total"], page["por_entregar"]) == (1, [])
    assert owner.get("/reporte").json["totales"][0]["ingresos"] == "40.00"
