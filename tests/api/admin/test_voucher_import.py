"""Test the import of Mikhmon's codes over the API."""

from __future__ import annotations

import pytest

from tests.api.admin.caller import Caller, log_in
from tests.support.shop import Shop

PATH = "/api/v1/admin/mi-empresa/fichas/importar"


@pytest.fixture
def owner(shop: Shop) -> Caller:
    return log_in(shop.app, shop.company_id)


def test_codes_of_mikhmon_are_looked_at_and_imported(shop: Shop, owner: Caller) -> None:
    router = shop.router
    router.add_profile("1dia", on_login=':put (",rem,20,1d,25,,Disable,")')
    router.add_user("ab3k9", "ab3k9", profile="1dia", comment="vc-123-01.02.26-Lupe")
    body = {"router_id": shop.router_id, "planes": {"1dia": shop.plan_id}}
    looked = owner.post(PATH, body)
    assert (looked.status_code, looked.json["lotes"]) == (200, [])
    [profile] = looked.json["perfiles"]
    assert (profile["perfil"], profile["precio"], profile["vigencia_segundos"]) == (
        "1dia",
        "25.00",
        86_400,
    )
    assert (profile["por_importar"], profile["fichas"]["sin_usar"]) == (1, 1)
    done = owner.post(PATH, body | {"confirmar": True})
    [batch] = done.json["lotes"]
    assert (batch["cantidad"], batch["en_curso"]) == (1, True)
    again = owner.post(PATH, body | {"confirmar": True})
    assert (again.json["lotes"], again.json["perfiles"][0]["ya_importadas"]) == ([], 1)
    assert shop.app.test_cli_runner().invoke(args=["reconcile"]).exit_code == 0
    assert router.users["ab3k9"]["comment"].startswith("portal:")


@pytest.mark.parametrize(
    ("planes", "status"),
    [({"1dia": 2_000_000}, 404), ({"1dia": "1"}, 422), ({"1dia": 0}, 422), ([1], 422), (None, 422)],
)
def test_an_import_that_cannot_be_meant_is_refused(
    shop: Shop, owner: Caller, planes: object, status: int
) -> None:
    body = {"router_id": shop.router_id, "planes": planes}
    assert owner.post(PATH, body).status_code == status
    assert owner.post(PATH, {"router_id": "RTR-XXXXXXXX"}).status_code == 404
