"""Test routers and their API keys by HTTP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest

from portal.sandbox.routeros import RouterSandbox
from tests.api.admin.caller import Caller
from tests.support.servers.ports import free_port
from tests.support.tenants import Tenant

NEW = {
    "nombre": "Azotea",
    "host": "Router.Example",
    "usuario": "portal",
    "password": "planted-router-password",
}


@pytest.fixture
def managed(root: Caller, tenant: Tenant) -> Caller:
    """The super_admin at the tenant's routers."""
    return root.at(f"/admin/empresas/{tenant.company_id}/routers")


@pytest.fixture(params=["super_admin", "cliente_admin"])
def routers(request: pytest.FixtureRequest, managed: Caller, operator: Caller) -> Caller:
    """The tenant's routers, by either way."""
    return (
        managed
        if request.param == "super_admin"
        else operator.at("/api/v1/admin/mi-empresa/routers")
    )


@pytest.fixture(scope="module")
def device() -> Iterator[RouterSandbox]:
    with RouterSandbox(password="device-password") as sandbox:
        sandbox.add_profile("1hora")
        yield sandbox


def catalogue_status(caller: Caller, api_key: str) -> int:
    path = "/api/v1/catalogo_perfiles_venta"
    return caller.client.get(path, headers={"X-API-Key": api_key}).status_code


def test_a_new_router_shows_its_key_once(routers: Caller, tenant: Tenant) -> None:
    answer = routers.post("", NEW)
    assert answer.status_code == 201
    router = answer.json
    assert router["id"].startswith("RTR_")
    assert (router["host"], router["puerto"], router["tls"]) == ("router.example", 8728, "ninguno")
    assert (router["activo"], router["empresa_id"]) == (True, tenant.company_id)
    assert router["password"] == "********"
    assert set(router["api_key_info"]) >= {"key_id", "issued_at", "expires_at"}
    assert catalogue_status(routers, router["api_key"]) == 200
    again = routers.get(f"/{router['id']}").json
    del router["api_key"], router["api_key_info"]
    assert again == router


@pytest.mark.parametrize(
    ("said", "tls"),
    [
        ({"puerto": 8729}, "verificado"),
        ({"puerto": 8729, "tls": "ninguno"}, "ninguno"),
        ({"puerto": 8730}, "ninguno"),
    ],
)
def test_the_port_of_encryption_is_encrypted(
    routers: Caller, said: dict[str, object], tls: str
) -> None:
    router = routers.post("", {**NEW, **said}).json
    assert router["tls"] == tls
    moved = routers.put(f"/{router['id']}", {"puerto": 8729}).json
    assert moved["tls"] == tls


def test_what_is_not_sent_stays(routers: Caller) -> None:
    router = routers.post("", {**NEW, "ubicacion": "Patio", "login_hosts": ["10.5.50.1:8080"]}).json
    changed = routers.put(
        f"/{router['id']}", {"tls": "huella", "tls_huella": "AB" * 32, "puerto": 8729}
    ).json
    assert (changed["tls"], changed["tls_huella"]) == ("huella", "ab" * 32)
    assert (changed["ubicacion"], changed["login_hosts"]) == ("Patio", ["10.5.50.1:8080"])
    assert changed["password"] == "********"


def test_a_pinned_router_needs_its_fingerprint(routers: Caller) -> None:
    answer = routers.post("", {**NEW, "tls": "huella"})
    assert answer.status_code == 422
    assert "tls_huella" in answer.json["errores"]
    assert routers.get("").json["total"] == 1


def test_a_router_with_products_stays(managed: Caller, tenant: Tenant) -> None:
    assert managed.delete(f"/{tenant.router_id}").status_code == 409
    router = managed.post("", NEW).json
    assert managed.delete(f"/{router['id']}").status_code == 200
    assert managed.get(f"/{router['id']}").status_code == 404


def test_a_paused_router_sells_nothing(managed: Caller) -> None:
    router = managed.post("", NEW).json
    path = f"/{router['id']}/toggle-activo"
    assert managed.put(path).json["activo"] is False
    assert catalogue_status(managed, router["api_key"]) == 401
    assert managed.put(path, {"activo": False}).json["activo"] is False
    assert managed.put(path, {}).json["activo"] is True
    assert managed.put(path, {"activa": True}).status_code == 422


def test_a_key_is_replaced_with_and_without_grace(managed: Caller) -> None:
    router = managed.post("", NEW).json
    path = f"/{router['id']}"
    second = managed.post(f"{path}/regenerate-api-key").json
    assert second["api_key"] != router["api_key"]
    assert catalogue_status(managed, router["api_key"]) == 200
    third = managed.post(f"{path}/regenerate-api-key", {"horas_gracia": 0}).json
    assert catalogue_status(managed, second["api_key"]) == 401
    assert catalogue_status(managed, third["api_key"]) == 200
    keys = managed.get(f"{path}/api-keys").json
    assert keys["total"] == 3
    assert [key["estado"] for key in keys["api_keys"]] == ["activa", "revocada", "revocada"]


def test_a_revoked_key_opens_nothing(managed: Caller) -> None:
    router = managed.post("", NEW).json
    path, key_id = f"/{router['id']}", router["api_key_info"]["key_id"]
    assert managed.get(f"{path}/api-key-status").json["activa"] is True
    assert managed.post(f"{path}/api-keys/{key_id}/revoke").json["estado"] == "revocada"
    assert catalogue_status(managed, router["api_key"]) == 401
    status = managed.get(f"{path}/api-key-status").json
    assert (status["activa"], status["api_key_info"]["key_id"]) == (False, key_id)


@pytest.fixture
def reachable(operator: Caller, tenant: Tenant, device: RouterSandbox) -> str:
    """The path of the tenant's router, which answers."""
    operator.put(
        f"/mi-empresa/routers/{tenant.router_id}",
        {
            "host": device.host,
            "puerto": device.port,
            "usuario": device.user,
            "password": device.password,
        },
    )
    return f"/routers/{tenant.router_id}"


def test_a_connection_is_tested(operator: Caller, reachable: str) -> None:
    answer = operator.get(f"{reachable}/test-connection")
    assert answer.status_code == 200
    assert answer.json["success"]
    assert answer.json["identidad"]
    assert answer.json["version"]


def test_profiles_are_read_from_the_router(operator: Caller, reachable: str) -> None:
    page = operator.get(f"{reachable}/mikrotik-profiles").json
    assert page["total"] == len(page["perfiles"])
    assert "1hora" in [profile["nombre"] for profile in page["perfiles"]]
    second = operator.get(f"{reachable}/mikrotik-profiles", limit=1, offset=1).json
    assert second["perfiles"] == page["perfiles"][1:2]


def test_a_router_that_is_away_is_told_with_advice(
    operator: Caller, tenant: Tenant, reachable: str
) -> None:
    operator.put(
        f"/mi-empresa/routers/{tenant.router_id}",
        {"puerto": free_port(), "password": "device-password"},
    )
    for question in ("test-connection", "mikrotik-profiles"):
        answer = operator.get(f"{reachable}/{question}")
        assert answer.status_code == 503
        assert len(answer.json["detail"]) > 20
        assert "127.0.0.1" not in answer.text


def test_a_wrong_password_is_told_with_advice(
    operator: Caller, tenant: Tenant, reachable: str
) -> None:
    operator.put(f"/mi-empresa/routers/{tenant.router_id}", {"password": "planted-wrong"})
    answer = operator.get(f"{reachable}/test-connection")
    assert answer.status_code == 503
    assert "planted" not in answer.text


def test_a_password_is_not_sent_to_an_address_that_it_was_not_entered_for(
    operator: Caller, tenant: Tenant, reachable: str, device: RouterSandbox
) -> None:
    path = f"/mi-empresa/routers/{tenant.router_id}"
    before = device.counters.connections
    moved = operator.put(path, {"host": "localhost"}).json
    assert (moved["host"], moved["password"]) == ("localhost", "********")
    assert moved["password_por_confirmar"] is True
    for question in ("test-connection", "mikrotik-profiles"):
        answer = operator.get(f"{reachable}/{question}")
        assert answer.status_code == 422
        assert list(answer.json["errores"]) == ["password"]
    assert device.counters.connections == before
    confirmed = operator.put(path, {"password": device.password}).json
    assert confirmed["password_por_confirmar"] is False
    assert operator.get(f"{reachable}/test-connection").status_code == 200


def test_a_kit_is_downloaded_and_linked(operator: Caller, tenant: Tenant) -> None:
    path = f"/mi-empresa/routers/{tenant.router_id}"
    packed = operator.get(f"{path}/kit")
    assert packed.mimetype == "application/zip"
    assert f"portal-{tenant.router_id}.rsc" in zipfile.ZipFile(io.BytesIO(packed.data)).namelist()
    link = operator.post(f"{path}/kit/enlace").json
    assert link["url"] in link["comando"]
    assert operator.client.head(link["url"]).status_code == 410
    script = operator.client.get(link["url"])
    assert (script.status_code, script.mimetype) == (200, "text/plain")
    assert "/user add" in script.text
    again = operator.client.get(link["url"])
    assert again.status_code == 410
    assert again.json["detail"].startswith("Este enlace ya se usó")
    assert operator.client.get("/api/v1/kit/kit_" + "0" * 32).status_code == 404


def test_what_a_kit_refuses(operator: Caller, tenant: Tenant) -> None:
    path = f"/mi-empresa/routers/{tenant.router_id}/kit/enlace"
    answer = operator.post(path, {"desde": ["everywhere"]})
    assert answer.status_code == 422
    assert "desde.0" in answer.json["errores"]


def test_a_set_up_is_checked_point_by_point(operator: Caller, reachable: str) -> None:
    said = operator.get(f"/mi-empresa{reachable}/check").json
    assert said["listo"] is False
    assert said["faltan"] == sum(point["estado"] == "falta" for point in said["puntos"]) > 0
    mends = [point["arreglo"] for point in said["puntos"] if point["estado"] == "falta"]
    assert any(line.startswith("/") for line in mends)
