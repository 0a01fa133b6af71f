"""Test the deployment's own address, in a demo whose router has gone and where there is none."""

from __future__ import annotations

from pathlib import Path

from portal.sandbox.routeros import HotspotHttp, RouterSandbox
from portal.sandbox.routeros.control import Control
from tests.support.servers.ports import free_port
from tests.support.shop import close_app, make_app


def start_page(folder: Path, control_url: str) -> str:
    app = make_app(folder, None, demo_control_url=control_url)
    try:
        return app.test_client().get("/", headers={"Accept-Language": "en"}).text
    finally:
        close_app(app)


def test_who_is_in_the_wifi(tmp_path: Path) -> None:
    with (
        RouterSandbox() as router,
        HotspotHttp(router) as hotspot,
        Control(router, hotspot=hotspot) as control,
    ):
        router.join("02:00:00:00:00:01", "192.168.88.101")
        page = start_page(tmp_path, control.url)
    assert f'action="{hotspot.url}/phones"' in page
    assert hotspot.phone_url("02:00:00:00:00:01", "/") in page
    assert "0 of 1 online" in page
    assert "Saúl's phone" in page
    assert "/encargado" not in page


def test_without_its_router(tmp_path: Path) -> None:
    page = start_page(tmp_path, f"http://127.0.0.1:{free_port()}")
    assert "The simulated router does not answer." in page
    assert "<form" not in page


def test_no_deployment_but_a_demo_shows_any_of_it(tmp_path: Path) -> None:
    page = start_page(tmp_path, "")
    assert "WiFi" in page
    assert "simulated" not in page
    assert "<form" not in page
