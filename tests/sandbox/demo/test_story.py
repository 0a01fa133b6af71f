"""Prove that a demo is started, used, stopped and started again."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal import create_app
from portal.sandbox.demo import DemoError, serve
from tests.sandbox.demo.running import (
    buy,
    curl_lines,
    customer,
    demo,
    facts_in,
    names,
    pasted,
    router_of,
    rows,
    typed,
)
from tests.support.processes.process import Process
from tests.support.servers.http import Api
from tests.support.servers.ports import free_port

# The seed's answer, and the fields beside it that our contract names.
CATALOGUE = [
    {
        "id": 1,
        "nombre_venta": "1 Hora de Internet",
        "precio": "20.00",
        "moneda": "MXN",
        "perfil_mikrotik_nombre": "1hora",
        "descripcion": "Acceso ilimitado por 1 hora",
        "destacado": False,
        "orden": 1,
    },
    {
        "id": 2,
        "nombre_venta": "24 Horas de Internet",
        "precio": "50.00",
        "moneda": "MXN",
        "perfil_mikrotik_nombre": "24horas",
        "descripcion": "Acceso ilimitado por 24 horas",
        "destacado": True,
        "orden": 2,
    },
]
OURS = {"perfil_mikrotik_id": None, "detalles": [], "imagen_url": None}
MAC = "AA:BB:CC:DD:EE:FF"


@dataclass
class Story:
    """What was seen of the first demo, and the second one, which runs."""

    folder: Path
    lines: list[dict[str, Any]]
    phones_join_at: str
    sale: dict[str, Any]
    status: int
    left_running: list[str]
    demo: Process
    guide: str

    @property
    def first(self) -> dict[str, Any]:
        return self.lines[0]

    def second(self) -> dict[str, Any]:
        """The facts of the first demo at the second one's addresses, as its folder tells them."""
        told = json.loads((self.folder / "demo" / "settings.json").read_text())
        with closing(sqlite3.connect(self.folder / "portal.db")) as database:
            [(port,)] = database.execute("SELECT port FROM router")
        return self.first | {
            "portal_url": told["PUBLIC_URL"] + "/",
            "api_url": told["PUBLIC_URL"],
            "router": self.first["router"] | {"port": port},
            "gateway_url": told["CONEKTA_API_URL"],
        }


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("demo") / "instance"
    first = demo(folder, "--json").start()
    facts = first.wait_for_json()
    sale = buy(facts).json()
    joining = where_phones_join(facts)
    first.signal(signal.SIGINT)
    status = first.wait()
    with demo(folder) as second:
        second.wait_for("^Portal está en marcha")
        guide = second.stdout
        lines, left = facts_in(first.stdout), first.left_running
        yield Story(folder, lines, joining, sale, status, left, second, guide)


def where_phones_join(facts: dict[str, Any]) -> str:
    """What the start page's button asks."""
    with Api(facts["api_url"]) as browser:
        found = re.search(r'action="(http://[^"]+/phones)"', browser.get("/").text)
    assert found is not None
    return found[1]


def test_one_line_says_everything(story: Story) -> None:
    assert len(story.lines) == 1
    facts = story.first
    assert list(facts) == [
        *("portal_url", "api_url", "api_key", "admin_email", "admin_password"),
        *("owner_email", "owner_password"),
        *("company_id", "router_id", "router", "gateway_url", "hosts"),
    ]
    assert list(facts["router"]) == ["host", "port", "user", "password"]
    assert facts["portal_url"] == facts["api_url"] + "/"
    assert {"mac": MAC, "ip": "192.168.88.100"} in facts["hosts"]
    assert len(facts["hosts"]) > 1


def test_ctrl_c_ends_everything(story: Story) -> None:
    assert (story.status, story.left_running) == (0, [])


def test_the_guide_is_short_and_ends_with_the_address(story: Story) -> None:
    lines = story.guide.rstrip("\n").splitlines()
    assert len(lines) + len(story.demo.stderr.splitlines()) <= 10
    assert max(len(line.replace(str(story.folder), "instance")) for line in lines) <= 80
    assert lines[-1].endswith(" " + story.second()["portal_url"])
    assert story.first["api_key"] not in story.guide
    assert story.demo.stderr == "Arrancando…\n"


def test_the_same_shop_comes_back(story: Story) -> None:
    again = story.second()
    shown = ("owner_email", "owner_password", "router_id")
    assert all(story.first[name] in story.guide for name in shown)
    with router_of(again) as api:
        assert list(api.path("system", "identity"))
    with customer(again) as client:
        assert client.get("/api/v1/catalogo_perfiles_venta").status_code == 200
    # Else phones that stayed open would find nobody.
    assert where_phones_join(again) == story.phones_join_at


def test_the_catalogue_is_the_seeds(story: Story) -> None:
    with customer(story.second()) as api:
        served = api.get("/api/v1/catalogo_perfiles_venta").json()
    # What rows have gained since stands beside the seed's fields.
    wanted = [product | OURS for product in CATALOGUE]
    found = [{name: row[name] for name in seed} for row, seed in zip(served, wanted, strict=True)]
    assert found == wanted


def test_a_sale_made_before_is_found_everywhere(story: Story) -> None:
    facts, sale = story.second(), story.sale
    with customer(facts) as api:
        found = api.get(f"/api/v1/payments/{sale['referencia']}").json()
    assert found["usuario_hotspot"] == sale["usuario_hotspot"]
    assert sale["usuario_hotspot"]["usuario"] in names(facts)
    with Api(facts["gateway_url"]) as gateway:
        order = gateway.get(f"/_sandbox/orders/{sale['id_transaccion']}").json()
    assert order["payment_status"] == "paid"


def test_the_router_has_what_the_plans_need(story: Story) -> None:
    facts = story.second()
    profiles = {row["name"] for row in rows(facts, "user", "profile")}
    assert {product["perfil_mikrotik_nombre"] for product in CATALOGUE} <= profiles
    hosts = [{"mac": row["mac-address"], "ip": row["address"]} for row in rows(facts, "host")]
    assert hosts == story.first["hosts"]


def test_the_calls_that_it_shows_do_what_they_say(story: Story) -> None:
    facts = story.second()
    shown = typed(story.folder, "demo", "--api")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert story.first["api_key"] in shown.stdout.splitlines()[0]
    catalogue, password, pin, connection, decline = curl_lines(shown.stdout)
    assert [product["id"] for product in pasted(catalogue).json()] == [1, 2]

    bought = pasted(password).json()
    assert bought["estado_pago"] == "paid"
    assert bought["usuario_hotspot"]["usuario"] != bought["usuario_hotspot"]["contrasena"]

    by_pin = pasted(pin).json()["usuario_hotspot"]
    assert by_pin["usuario"] == by_pin["contrasena"]

    connected = pasted(connection).json()
    assert connected["auto_conexion"]["estado"] == "conectado"
    active = {row["mac-address"]: str(row["user"]) for row in rows(facts, "active")}
    assert active[MAC] == connected["usuario_hotspot"]["usuario"]

    users = names(facts)
    declined = pasted(decline)
    assert declined.status_code == 402
    assert declined.json()["detail"]
    assert names(facts) == users


def test_the_administrator_is_a_super_admin(story: Story) -> None:
    who = {"email": story.first["admin_email"], "password": story.first["admin_password"]}
    with Api(story.second()["api_url"]) as api:
        user = api.post("/api/v1/auth/login", who).json()["user"]
    assert (user["rol"], user["empresa_id"]) == ("super_admin", None)


def test_secrets_are_readable_by_the_owner_only(story: Story) -> None:
    secret = story.first["admin_password"].encode()
    holding = [file for file in story.folder.rglob("*") if file.is_file()]
    holding = [file for file in holding if secret in file.read_bytes()]
    assert [oct(file.stat().st_mode & 0o777) for file in holding] == ["0o600"]
    family = " ".join(" ".join(process.cmdline()) for process in story.demo.family())
    assert secret.decode() not in family
    assert story.first["router"]["password"] not in family


def test_a_second_demo_in_the_folder_says_where_the_first_is(story: Story) -> None:
    url = story.second()["portal_url"]
    second = typed(story.folder, "demo", "--port", str(free_port()))
    sentence = f"Error: La demostración de {story.folder} ya está en marcha en {url}\n"
    assert (second.returncode, second.stdout, second.stderr) == (1, "", sentence)


def test_a_second_demo_at_the_port_says_whose_it_is(story: Story, tmp_path: Path) -> None:
    url = story.second()["portal_url"]
    port = url.rstrip("/").rpartition(":")[2]
    second = typed(tmp_path, "demo", "--port", port)
    assert second.returncode == 1
    [sentence] = second.stderr.splitlines()
    assert f"En {url} ya está en marcha la demostración de {story.folder}." in sentence
    assert "--port" in sentence


def test_a_port_that_is_somebody_elses_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=f"No se puede usar el puerto {port}.*--port"):
            serve(tmp_path, port, pytest.fail, pytest.fail, create_app)
